#include "io/http/tls_files.hpp"

#include <cerrno>
#include <system_error>

#include <unistd.h>

#include <boost/asio/ssl/context.hpp>
#include <openssl/ssl.h>
#include <openssl/x509.h>

namespace vilfredo::http {

namespace {
namespace ssl = boost::asio::ssl;

error unusable(const std::string& what, const std::string& file, const std::string& why) {
  return error{errc::invalid, "the " + what + " " + file + " " + why};
}

result<void> readable(const std::string& what, const std::string& file) {
  if (::access(file.c_str(), R_OK) != 0)
    return unusable(what, file, "cannot be read (" + std::generic_category().message(errno) + ")");
  return {};
}

std::shared_ptr<ssl::context> modern(ssl::context::method role) {
  auto out = std::make_shared<ssl::context>(role);
  ::SSL_CTX_set_min_proto_version(out->native_handle(), TLS1_2_VERSION);
  ::SSL_CTX_set_options(out->native_handle(), SSL_OP_NO_RENEGOTIATION);
  // What an idle connection costs is then what it must remember.
  ::SSL_CTX_set_mode(out->native_handle(), SSL_MODE_RELEASE_BUFFERS);
  // Tickets bring sessions back; thousands of them in memory would only be there for clients that know no tickets.
  ::SSL_CTX_set_session_cache_mode(out->native_handle(), SSL_SESS_CACHE_OFF);
  return out;
}
}  // namespace

result<std::shared_ptr<ssl::context>> serving_context(const tls_files& from) {
  if (auto can = readable("certificate", from.certificate); !can) return can.error();
  if (auto can = readable("key", from.key); !can) return can.error();
  auto out = modern(ssl::context::tls_server);
  // The program has no terminal to ask for a passphrase.
  out->set_password_callback([](std::size_t, ssl::context::password_purpose) { return std::string(); });
  boost::system::error_code fault;
  out->use_certificate_chain_file(from.certificate, fault);
  if (fault)
    return unusable("certificate", from.certificate, "is not a certificate in PEM form (" + fault.message() + ")");
  out->use_private_key_file(from.key, ssl::context::pem, fault);
  if (fault) {
    // OpenSSL compares them while it reads the key.
    if (ERR_GET_REASON(static_cast<unsigned long>(fault.value())) == X509_R_KEY_VALUES_MISMATCH)
      return unusable("key", from.key, "does not match the certificate " + from.certificate);
    return unusable("key", from.key, "is not a private key in PEM form without a passphrase (" + fault.message() + ")");
  }
  if (::SSL_CTX_check_private_key(out->native_handle()) != 1)
    return unusable("key", from.key, "does not match the certificate " + from.certificate);
  return out;
}

result<std::shared_ptr<ssl::context>> asking_context(const std::string& authorities) {
  auto out = modern(ssl::context::tls_client);
  out->set_verify_mode(ssl::verify_peer);
  boost::system::error_code fault;
  if (authorities.empty()) {
    out->set_default_verify_paths(fault);
    if (fault)
      return error{errc::unavailable, "the system's certificate authorities cannot be read (" + fault.message() + ")"};
    return out;
  }
  if (auto can = readable("file of certificate authorities", authorities); !can) return can.error();
  out->load_verify_file(authorities, fault);
  if (fault)
    return unusable("file of certificate authorities", authorities,
                    "holds no certificate in PEM form (" + fault.message() + ")");
  return out;
}

}  // namespace vilfredo::http
