#include "io/api/digest.hpp"

#include <array>
#include <stdexcept>

#include <openssl/evp.h>
#include <openssl/hmac.h>

namespace vilfredo::api {

namespace {

std::string digest(std::string_view bytes, const EVP_MD* how, const char* name) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
  unsigned length = 0;
  if (!how || EVP_Digest(bytes.data(), bytes.size(), out.data(), &length, how, nullptr) != 1)
    throw std::runtime_error(std::string("OpenSSL makes no ") + name +
                             " digests here; enable them in its configuration (openssl list -digest-algorithms)");
  return {reinterpret_cast<const char*>(out.data()), length};
}

}  // namespace

// Fetched once, for finding one takes OpenSSL longer than the digest itself; used until the process ends.

std::string sha256(std::string_view bytes) {
  static const EVP_MD* const how = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  return digest(bytes, how, "SHA256");
}

std::string hmac_sha256(std::string_view key, std::string_view bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
  unsigned length = 0;
  if (!HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
            reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), out.data(), &length))
    throw std::runtime_error("OpenSSL makes no HMAC of SHA256 here; enable it in its configuration");
  return {reinterpret_cast<const char*>(out.data()), length};
}

std::string md5(std::string_view bytes) {
  static const EVP_MD* const how = EVP_MD_fetch(nullptr, "MD5", nullptr);
  return digest(bytes, how, "MD5");
}

}  // namespace vilfredo::api
