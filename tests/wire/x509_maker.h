// Makes certificates of every oddity, in DER. One key signs them all: what is read of a certificate
// does not depend on whose it is.
#pragma once

#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mesh {

// Owns nothing but what it has made; ends the test program if OpenSSL refuses.
class X509Maker {
 public:
  X509Maker() : key_(EVP_EC_gen("P-256")), x509_(X509_new()) {
    X509_set_version(x509_, 2);
    serial(1);
    valid("20260101000000Z", "20270101000000Z");
    X509_set_pubkey(x509_, key_);
  }
  ~X509Maker() {
    X509_free(x509_);
    EVP_PKEY_free(key_);
  }
  X509Maker(const X509Maker&) = delete;
  X509Maker& operator=(const X509Maker&) = delete;

  X509Maker& key(EVP_PKEY* key) {
    EVP_PKEY_free(key_);
    key_ = key;
    X509_set_pubkey(x509_, key_);
    return *this;
  }
  X509Maker& serial(long number) {
    ASN1_INTEGER_set(X509_get_serialNumber(x509_), number);
    return *this;
  }
  // In either form of ASN.1 time; which one is chosen by the letters, not by the year.
  X509Maker& valid(const char* from, const char* to) {
    ASN1_TIME_set_string(X509_getm_notBefore(x509_), from);
    ASN1_TIME_set_string(X509_getm_notAfter(x509_), to);
    return *this;
  }
  // `type` is V_ASN1_UTF8STRING, V_ASN1_BMPSTRING and the like; the bytes go in as they are.
  X509Maker& name(bool subject, const char* field, int type, std::string_view bytes) {
    X509_NAME* name = subject ? X509_get_subject_name(x509_) : X509_get_issuer_name(x509_);
    X509_NAME_add_entry_by_txt(name, field, type,
                               reinterpret_cast<const unsigned char*>(bytes.data()),
                               static_cast<int>(bytes.size()), -1, 0);
    return *this;
  }
  X509Maker& subject(const char* field, std::string_view utf8) {
    return name(true, field, V_ASN1_UTF8STRING, utf8);
  }
  X509Maker& issuer(const char* field, std::string_view utf8) {
    return name(false, field, V_ASN1_UTF8STRING, utf8);
  }
  // As in openssl.cnf: extension(NID_basic_constraints, "critical,CA:TRUE").
  X509Maker& extension(int nid, const char* value) {
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, nid, value);
    X509_add_ext(x509_, extension, -1);
    X509_EXTENSION_free(extension);
    return *this;
  }
  // Subject alternative names by GEN_DNS, GEN_URI, GEN_EMAIL, GEN_IPADD and raw bytes.
  X509Maker& alt_names(const std::vector<std::pair<int, std::string>>& names) {
    GENERAL_NAMES* all = GENERAL_NAMES_new();
    for (const auto& [type, bytes] : names) {
      ASN1_STRING* value =
          ASN1_STRING_type_new(type == GEN_IPADD ? V_ASN1_OCTET_STRING : V_ASN1_IA5STRING);
      ASN1_STRING_set(value, bytes.data(), static_cast<int>(bytes.size()));
      GENERAL_NAME* name = GENERAL_NAME_new();
      GENERAL_NAME_set0_value(name, type, value);
      sk_GENERAL_NAME_push(all, name);
    }
    X509_add1_ext_i2d(x509_, NID_subject_alt_name, all, 0, 0);
    GENERAL_NAMES_free(all);
    return *this;
  }

  // Signed and encoded. No digest for Ed25519.
  std::string der(const EVP_MD* digest = EVP_sha256()) {
    X509_sign(x509_, key_, digest);
    unsigned char* bytes = nullptr;
    const int length = i2d_X509(x509_, &bytes);
    std::string der(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(length));
    OPENSSL_free(bytes);
    return der;
  }

 private:
  EVP_PKEY* key_;
  X509* x509_;
};

}  // namespace mesh
