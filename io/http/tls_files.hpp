#pragma once
#include <memory>
#include <string>

#include "core/error.hpp"

namespace boost::asio::ssl {
class context;
}

namespace vilfredo::http {

/// Where a server's identity is: PEM files.
struct tls_files {
  std::string certificate;  ///< the server's own first, then those that vouch for it
  std::string key;          ///< without a passphrase
};

/// TLS 1.2 and later with this identity.
result<std::shared_ptr<boost::asio::ssl::context>> serving_context(const tls_files& from);

/// TLS 1.2 and later for a client that believes the authorities in this PEM file, or, if empty, those of the system.
result<std::shared_ptr<boost::asio::ssl::context>> asking_context(const std::string& authorities);

}  // namespace vilfredo::http
