// Keys and signatures read from the bytes, without any algorithm at hand; see x509_key.h.
#include "wire/x509_key.h"

#include <openssl/asn1.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/objects.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <cctype>
#include <memory>

#include "base/owned.h"

namespace mesh {
namespace {

// RSAPublicKey ::= SEQUENCE { modulus INTEGER, publicExponent INTEGER }
std::uint32_t bits_of_rsa(const unsigned char* key, long length) {
  const auto free_all = [](ASN1_SEQUENCE_ANY* all) { sk_ASN1_TYPE_pop_free(all, ASN1_TYPE_free); };
  const std::unique_ptr<ASN1_SEQUENCE_ANY, decltype(free_all)> parts(
      d2i_ASN1_SEQUENCE_ANY(nullptr, &key, length), free_all);
  if (!parts || sk_ASN1_TYPE_num(parts.get()) < 1) return 0;
  const ASN1_TYPE* modulus = sk_ASN1_TYPE_value(parts.get(), 0);
  if (ASN1_TYPE_get(modulus) != V_ASN1_INTEGER) return 0;
  const Owned<BIGNUM, BN_free> number(ASN1_INTEGER_to_BN(modulus->value.integer, nullptr));
  return number ? static_cast<std::uint32_t>(BN_num_bits(number.get())) : 0;
}

// Of a named curve; 0 for one that is spelt out, which no CA issues any more.
std::uint32_t bits_of_curve(const X509_ALGOR* algorithm) {
  int type = V_ASN1_UNDEF;
  const void* curve = nullptr;
  X509_ALGOR_get0(nullptr, &type, &curve, algorithm);
  if (type != V_ASN1_OBJECT) return 0;
  const int nid = OBJ_obj2nid(static_cast<const ASN1_OBJECT*>(curve));
  switch (nid) {
    case NID_X9_62_prime256v1: return 256;
    case NID_secp384r1: return 384;
    case NID_secp521r1: return 521;
    default: break;
  }
  const Owned<EC_GROUP, EC_GROUP_free> group(EC_GROUP_new_by_curve_name(nid));
  return group ? static_cast<std::uint32_t>(EC_GROUP_order_bits(group.get())) : 0;
}

// With PSS the digest is a parameter of the signature; SHA-1 if it is left out (RFC 8017).
int digest_of_pss(const X509_ALGOR* signature) {
  int type = V_ASN1_UNDEF;
  const void* value = nullptr;
  X509_ALGOR_get0(nullptr, &type, &value, signature);
  if (type != V_ASN1_SEQUENCE) return NID_undef;
  const auto* bytes = static_cast<const ASN1_STRING*>(value);
  const unsigned char* at = ASN1_STRING_get0_data(bytes);
  const Owned<RSA_PSS_PARAMS, RSA_PSS_PARAMS_free> parameters(
      d2i_RSA_PSS_PARAMS(nullptr, &at, ASN1_STRING_length(bytes)));
  if (!parameters) return NID_undef;
  if (!parameters->hashAlgorithm) return NID_sha1;
  return OBJ_obj2nid(parameters->hashAlgorithm->algorithm);
}

}  // namespace

void read_key(X509* x509, Certificate& into) {
  ASN1_OBJECT* name = nullptr;
  const unsigned char* key = nullptr;
  int length = 0;
  X509_ALGOR* algorithm = nullptr;
  X509_PUBKEY* all = X509_get_X509_PUBKEY(x509);
  if (!all || X509_PUBKEY_get0_param(&name, &key, &length, &algorithm, all) != 1) return;
  switch (OBJ_obj2nid(name)) {
    case NID_rsaEncryption:
    case NID_rsassaPss:
      into.key_algorithm = KeyAlgorithm::rsa;
      into.key_bits = bits_of_rsa(key, length);
      break;
    case NID_X9_62_id_ecPublicKey:
      into.key_algorithm = KeyAlgorithm::ecdsa;
      into.key_bits = bits_of_curve(algorithm);
      break;
    case NID_ED25519:
      into.key_algorithm = KeyAlgorithm::ed25519;
      into.key_bits = 253;  // as OpenSSL says it
      break;
    default: break;
  }
}

std::string read_signature_digest(const X509* x509) {
  const X509_ALGOR* algorithm = nullptr;
  X509_get0_signature(nullptr, &algorithm, x509);
  const int signature = X509_get_signature_nid(x509);
  int digest = NID_undef;
  if (signature == NID_rsassaPss) {
    digest = digest_of_pss(algorithm);
  } else if (OBJ_find_sigid_algs(signature, &digest, nullptr) != 1) {
    return {};
  }
  if (digest == NID_undef) return {};
  std::string name = OBJ_nid2sn(digest);  // "SHA256"
  for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return name;
}

}  // namespace mesh
