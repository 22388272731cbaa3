#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "core/error.hpp"

namespace vilfredo::http {

/// Where a server is: `https://host:port/prefix`.
struct url {
  bool secure = false;
  std::string host;         ///< a name or an address; IPv6 without its brackets
  std::uint16_t port = 80;  ///< 443 if secure and none is given
  std::string prefix;       ///< empty, or begins with a slash and ends without one

  /// For messages and the header Host: without the port where it is the usual one.
  std::string authority() const;
};

/// Takes no user names, queries and fragments: secrets do not belong into addresses.
result<url> parse_url(std::string_view text);

}  // namespace vilfredo::http
