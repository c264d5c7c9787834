// Mints certificates for tests: authorities and leaves with any dates, keys and names, in the forms
// in which they are served and stored.
//
//   const Minted root = mint({.common_name = "root", .ca = true});
//   const Minted leaf = mint({.common_name = "users", .alt_names = "DNS:users.shop"}, &root);
//
// Ends the test program if OpenSSL refuses.
#pragma once

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>

#include "base/owned.h"

namespace mesh::support {

enum class MintedKey { p256, rsa1024, rsa2048, ed25519 };

// Each with a default, so that a designated initializer may leave any of them out.
struct MintWish {
  std::string common_name = {};
  std::string alt_names = {};  // as in openssl.cnf: "URI:spiffe://mesh.test/users,DNS:users,IP:::1"
  const char* not_before = "20200101000000Z";
  const char* not_after = "20991231235959Z";
  MintedKey key = MintedKey::p256;
  bool ca = false;
  std::string key_usage = {};           // "critical,digitalSignature"; "": no such extension
  std::string extended_key_usage = {};  // "serverAuth,clientAuth"
  std::string comment = {};             // an extension that makes it as long as one likes
  bool sha1 = false;
  long serial = 1;
};

struct Minted {
  std::string der;      // the certificate
  std::string pem;      // the same
  std::string key_pem;  // its private key
  std::shared_ptr<X509> x509;
  std::shared_ptr<EVP_PKEY> key;
};

namespace minting {

template <class T>
T* checked(T* made, const char* what) {
  if (made != nullptr) return made;
  std::fprintf(stderr, "minting: no %s\n", what);
  std::abort();
}

inline EVP_PKEY* make_key(MintedKey kind) {
  switch (kind) {
    case MintedKey::p256: return checked(EVP_EC_gen("P-256"), "key");
    case MintedKey::rsa1024: return checked(EVP_RSA_gen(1024), "key");
    case MintedKey::rsa2048: return checked(EVP_RSA_gen(2048), "key");
    case MintedKey::ed25519: break;
  }
  return checked(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"), "key");
}

inline void extend(X509* x509, int nid, const std::string& value) {
  if (value.empty()) return;
  const Owned<X509_EXTENSION, X509_EXTENSION_free> extension(
      checked(X509V3_EXT_conf_nid(nullptr, nullptr, nid, value.c_str()), value.c_str()));
  X509_add_ext(x509, extension.get(), -1);
}

inline void name(X509_NAME* into, const std::string& common_name) {
  if (common_name.empty()) return;
  X509_NAME_add_entry_by_txt(into, "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(common_name.c_str()), -1, -1,
                             0);
}

template <class Write>
std::string text_of(Write write) {
  const Owned<BIO, BIO_free_all> out(checked(BIO_new(BIO_s_mem()), "memory"));
  write(out.get());
  char* data = nullptr;
  const long length = BIO_get_mem_data(out.get(), &data);
  return {data, static_cast<std::size_t>(length)};
}

inline Minted finish(std::shared_ptr<X509> x509, std::shared_ptr<EVP_PKEY> key) {
  Minted minted;
  minted.der = text_of([&](BIO* out) { i2d_X509_bio(out, x509.get()); });
  minted.pem = text_of([&](BIO* out) { PEM_write_bio_X509(out, x509.get()); });
  minted.key_pem = text_of([&](BIO* out) {
    PEM_write_bio_PrivateKey(out, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  });
  minted.x509 = std::move(x509);
  minted.key = std::move(key);
  return minted;
}

}  // namespace minting

// Signed by `issuer`, or by itself; with `key_of` for the key of another certificate, as when a CA
// is renewed or cross-signed.
inline Minted mint(const MintWish& wish, const Minted* issuer = nullptr,
                   const Minted* key_of = nullptr) {
  const std::shared_ptr<EVP_PKEY> key =
      key_of ? key_of->key : std::shared_ptr<EVP_PKEY>(minting::make_key(wish.key), EVP_PKEY_free);
  const std::shared_ptr<X509> x509(minting::checked(X509_new(), "certificate"), X509_free);
  X509_set_version(x509.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(x509.get()), wish.serial);
  ASN1_TIME_set_string_X509(X509_getm_notBefore(x509.get()), wish.not_before);
  ASN1_TIME_set_string_X509(X509_getm_notAfter(x509.get()), wish.not_after);
  X509_set_pubkey(x509.get(), key.get());
  minting::name(X509_get_subject_name(x509.get()), wish.common_name);
  X509_set_issuer_name(x509.get(), X509_get_subject_name(issuer ? issuer->x509.get() : x509.get()));
  minting::extend(x509.get(), NID_basic_constraints, wish.ca ? "critical,CA:TRUE" : "CA:FALSE");
  minting::extend(x509.get(), NID_key_usage, wish.key_usage);
  minting::extend(x509.get(), NID_ext_key_usage, wish.extended_key_usage);
  minting::extend(x509.get(), NID_subject_alt_name, wish.alt_names);
  minting::extend(x509.get(), NID_netscape_comment, wish.comment);
  EVP_PKEY* signer = issuer ? issuer->key.get() : key.get();
  const bool digests = EVP_PKEY_get_base_id(signer) != EVP_PKEY_ED25519;
  const EVP_MD* digest = wish.sha1 ? EVP_sha1() : EVP_sha256();
  if (X509_sign(x509.get(), signer, digests ? digest : nullptr) == 0) {
    minting::checked<X509>(nullptr, "signature");
  }
  return minting::finish(x509, key);
}

// As Secrets hold bytes.
inline std::string base64(const std::string& bytes) {
  std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');
  const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                     reinterpret_cast<const unsigned char*>(bytes.data()),
                                     static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(length));
  return text;
}

}  // namespace mesh::support
