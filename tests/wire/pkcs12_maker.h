// Makes PKCS#12 stores: a leaf with its key, and the root behind it.
#pragma once

#include <openssl/evp.h>
#include <openssl/pkcs12.h>
#include <openssl/x509.h>

#include <string>

#include "wire/x509_maker.h"

namespace mesh {

class Pkcs12Maker {
 public:
  Pkcs12Maker() : key_(EVP_EC_gen("P-256")), chain_(sk_X509_new_null()) {}
  ~Pkcs12Maker() {
    EVP_PKEY_free(key_);
    X509_free(leaf_);
    sk_X509_pop_free(chain_, X509_free);
  }
  Pkcs12Maker(const Pkcs12Maker&) = delete;
  Pkcs12Maker& operator=(const Pkcs12Maker&) = delete;

  Pkcs12Maker& chain(const char* leaf, const char* root) {
    X509Maker maker;
    EVP_PKEY_up_ref(key_);
    leaf_ = parsed(maker.key(key_).subject("CN", leaf).issuer("CN", root).der());
    sk_X509_push(chain_, parsed(X509Maker().subject("CN", root).issuer("CN", root).der()));
    return *this;
  }
  // Of the encryption and of the seal over all; -1 leaves the seal out.
  Pkcs12Maker& rounds(int encryption, int seal) {
    rounds_ = encryption;
    seal_ = seal;
    return *this;
  }
  std::string bytes(const char* password) {
    PKCS12* p12 = PKCS12_create(password, "users", key_, leaf_, chain_, 0, 0, rounds_, seal_, 0);
    unsigned char* out = nullptr;
    const int length = i2d_PKCS12(p12, &out);
    std::string all(reinterpret_cast<const char*>(out), static_cast<std::size_t>(length));
    OPENSSL_free(out);
    PKCS12_free(p12);
    return all;
  }

 private:
  static X509* parsed(const std::string& der) {
    const auto* at = reinterpret_cast<const unsigned char*>(der.data());
    return d2i_X509(nullptr, &at, static_cast<long>(der.size()));
  }

  EVP_PKEY* key_;
  X509* leaf_ = nullptr;
  STACK_OF(X509) * chain_;
  int rounds_ = 2048, seal_ = 2048;
};

}  // namespace mesh
