#pragma once
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

namespace vilfredo::test {

/// A key with a certificate for it, made for a test.
class identity {
public:
  /// Vouched for by `authority`, or by itself. `names` as OpenSSL takes them: "DNS:localhost,IP:127.0.0.1".
  explicit identity(const std::string& name, const std::string& names = {}, const identity* authority = nullptr)
      : key_(EVP_EC_gen("P-256")), certificate_(X509_new()) {
    auto* x = certificate_.get();
    static long serial = 0;
    X509_set_version(x, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(x), ++serial);
    X509_gmtime_adj(X509_getm_notBefore(x), -3600);
    X509_gmtime_adj(X509_getm_notAfter(x), 3600);
    X509_set_pubkey(x, key_.get());
    auto* subject = X509_get_subject_name(x);
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>(name.c_str()), -1,
                               -1, 0);
    X509_set_issuer_name(x, authority ? X509_get_subject_name(authority->certificate_.get()) : subject);
    if (!names.empty()) add(NID_subject_alt_name, names);
    add(NID_basic_constraints, authority ? "CA:FALSE" : "critical,CA:TRUE");
    if (X509_sign(x, authority ? authority->key_.get() : key_.get(), EVP_sha256()) == 0) std::abort();
  }

  void write_certificate(const std::filesystem::path& to) const {
    auto* file = std::fopen(to.c_str(), "w");
    PEM_write_X509(file, certificate_.get());
    std::fclose(file);
  }
  void write_key(const std::filesystem::path& to) const {
    auto* file = std::fopen(to.c_str(), "w");
    PEM_write_PrivateKey(file, key_.get(), nullptr, nullptr, 0, nullptr, nullptr);
    std::fclose(file);
  }

private:
  void add(int what, const std::string& value) {
    auto* extension = X509V3_EXT_conf_nid(nullptr, nullptr, what, value.c_str());
    if (!extension) std::abort();
    X509_add_ext(certificate_.get(), extension, -1);
    X509_EXTENSION_free(extension);
  }
  struct release {
    void operator()(EVP_PKEY* x) const { EVP_PKEY_free(x); }
    void operator()(X509* x) const { X509_free(x); }
  };
  std::unique_ptr<EVP_PKEY, release> key_;
  std::unique_ptr<X509, release> certificate_;
};

}  // namespace vilfredo::test
