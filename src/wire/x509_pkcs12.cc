// Safe by safe and bag by bag, not by PKCS12_parse(), which would decrypt the key as well.
#include "wire/x509_pkcs12.h"

#include <openssl/asn1.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/pkcs12.h>
#include <openssl/pkcs7.h>
#include <openssl/x509.h>

#include <algorithm>
#include <climits>
#include <optional>

#include "base/owned.h"

namespace mesh {
namespace {

// A file decides how long its password takes to be tried. OpenSSL writes 2 048 rounds, Java 10 000,
// careful people 600 000; a million takes half a second.
constexpr long most_rounds = 1'000'000;

// Of a whole file. An honest one has a seal, which may be tried twice, and one encrypted safe.
constexpr long most_rounds_in_all = 2 * most_rounds;

void free_safes(STACK_OF(PKCS7) * safes) { sk_PKCS7_pop_free(safes, PKCS7_free); }
void free_bags(STACK_OF(PKCS12_SAFEBAG) * bags) {
  sk_PKCS12_SAFEBAG_pop_free(bags, PKCS12_SAFEBAG_free);
}
void free_bytes(unsigned char* bytes) { OPENSSL_free(bytes); }
using Bags = Owned<STACK_OF(PKCS12_SAFEBAG), free_bags>;

class Rounds {
 public:
  // Whether so many more may be spent.
  bool spend(const ASN1_INTEGER* rounds) {
    const long number = rounds ? ASN1_INTEGER_get(rounds) : 1;
    if (number < 0 || number > std::min(most_rounds, left_)) return false;  // -1 does not fit
    left_ -= number;
    return true;
  }

 private:
  long left_ = most_rounds_in_all;
};

template <class T>
T* unpack(const X509_ALGOR* algorithm, const ASN1_ITEM* item) {
  const ASN1_OBJECT* object = nullptr;
  const void* value = nullptr;
  int type = V_ASN1_UNDEF;
  if (algorithm) X509_ALGOR_get0(&object, &type, &value, algorithm);
  if (type != V_ASN1_SEQUENCE) return nullptr;
  return static_cast<T*>(ASN1_item_unpack(static_cast<const ASN1_STRING*>(value), item));
}

// The scheme of a safe, if it is one of ours and not made to keep us busy.
bool is_affordable(const X509_ALGOR* algorithm, Rounds& rounds) {
  const ASN1_OBJECT* object = nullptr;
  X509_ALGOR_get0(&object, nullptr, nullptr, algorithm);
  if (OBJ_obj2nid(object) != NID_pbes2) {
    const Owned<PBEPARAM, PBEPARAM_free> old(unpack<PBEPARAM>(algorithm, ASN1_ITEM_rptr(PBEPARAM)));
    return old && rounds.spend(old->iter);
  }
  const Owned<PBE2PARAM, PBE2PARAM_free> scheme(
      unpack<PBE2PARAM>(algorithm, ASN1_ITEM_rptr(PBE2PARAM)));
  if (!scheme) return false;
  X509_ALGOR_get0(&object, nullptr, nullptr, scheme->keyfunc);
  if (OBJ_obj2nid(object) != NID_id_pbkdf2) return false;  // scrypt asks for memory
  const Owned<PBKDF2PARAM, PBKDF2PARAM_free> derivation(
      unpack<PBKDF2PARAM>(scheme->keyfunc, ASN1_ITEM_rptr(PBKDF2PARAM)));
  return derivation && rounds.spend(derivation->iter);
}

std::string name_of(const X509_ALGOR* algorithm) {
  const ASN1_OBJECT* object = nullptr;
  X509_ALGOR_get0(&object, nullptr, nullptr, algorithm);
  const char* name = OBJ_nid2ln(OBJ_obj2nid(object));
  return name ? name : "unknown";
}

// How the password is written down: "" and none differ in PKCS#12.
struct Password {
  const char* text = nullptr;
  int length = 0;
};

Result<Password> find_password(PKCS12* p12, const std::string& given, Rounds& rounds) {
  const Password password{given.c_str(), static_cast<int>(given.size())};
  if (!PKCS12_mac_present(p12)) return password;
  const ASN1_INTEGER* its_rounds = nullptr;
  PKCS12_get0_mac(nullptr, nullptr, nullptr, &its_rounds, p12);
  if (!rounds.spend(its_rounds)) return Error{"PKCS#12: too many rounds of key derivation"};
  if (PKCS12_verify_mac(p12, password.text, password.length) == 1) return password;
  const bool again = given.empty() && rounds.spend(its_rounds);
  if (again && PKCS12_verify_mac(p12, nullptr, 0) == 1) return Password{};
  if (given.empty()) return Error{"PKCS#12: needs a password, and none is configured"};
  return Error{"PKCS#12: wrong password"};
}

void take_certificate(const PKCS12_SAFEBAG* bag, Pkcs12& into) {
  const Owned<X509, X509_free> x509(PKCS12_SAFEBAG_get1_cert(bag));
  unsigned char* bytes = nullptr;
  const int length = x509 ? i2d_X509(x509.get(), &bytes) : -1;
  const Owned<unsigned char, free_bytes> der(bytes);
  if (length <= 0) {
    ++into.unreadable;
    return;
  }
  into.certificates.emplace_back(reinterpret_cast<const char*>(bytes),
                                 static_cast<std::size_t>(length));
}

// Bags may hold bags; nobody's hold more than one level of them.
void take_bags(const STACK_OF(PKCS12_SAFEBAG) * bags, int depth, Pkcs12& into) {
  for (int i = 0; i < sk_PKCS12_SAFEBAG_num(bags); ++i) {
    const PKCS12_SAFEBAG* bag = sk_PKCS12_SAFEBAG_value(bags, i);
    switch (PKCS12_SAFEBAG_get_nid(bag)) {
      case NID_certBag: take_certificate(bag, into); break;
      case NID_keyBag:
      case NID_pkcs8ShroudedKeyBag: ++into.private_keys; break;
      case NID_safeContentsBag:
        if (depth < 4) take_bags(PKCS12_SAFEBAG_get0_safes(bag), depth + 1, into);
        break;
      default: break;
    }
  }
}

std::optional<Error> take_safe(PKCS7* safe, const Password& password, Rounds& rounds,
                               Pkcs12& into) {
  if (PKCS7_type_is_data(safe)) {
    const Bags bags(PKCS12_unpack_p7data(safe));
    if (!bags) return Error{"PKCS#12: damaged"};
    take_bags(bags.get(), 0, into);
    // This copy may hold a key that was stored without encryption.
    ASN1_STRING* bytes = safe->d.data;
    OPENSSL_cleanse(bytes->data, static_cast<std::size_t>(bytes->length));
    return std::nullopt;
  }
  if (!PKCS7_type_is_encrypted(safe) || !safe->d.encrypted || !safe->d.encrypted->enc_data) {
    return Error{"PKCS#12: encrypted for the holder of a key, not by password"};
  }
  const X509_ALGOR* scheme = safe->d.encrypted->enc_data->algorithm;
  if (!is_affordable(scheme, rounds)) return Error{"PKCS#12: strange or endless key derivation"};
  const Bags bags(PKCS12_unpack_p7encdata(safe, password.text, password.length));
  if (!bags) {
    return Error{"PKCS#12: wrong password, or encrypted in a way that OpenSSL has given up (" +
                 name_of(scheme) + ")"};
  }
  take_bags(bags.get(), 0, into);
  return std::nullopt;
}

Result<Pkcs12> read(std::string_view bytes, const std::string& given) {
  if (bytes.size() > INT_MAX) return Error{"PKCS#12: too long"};
  const auto* at = reinterpret_cast<const unsigned char*>(bytes.data());
  const Owned<PKCS12, PKCS12_free> p12(d2i_PKCS12(nullptr, &at, static_cast<long>(bytes.size())));
  if (!p12) return Error{"PKCS#12: damaged or cut"};
  Rounds rounds;
  const Result<Password> password = find_password(p12.get(), given, rounds);
  if (!password) return password.error();
  const Owned<STACK_OF(PKCS7), free_safes> safes(PKCS12_unpack_authsafes(p12.get()));
  if (!safes) return Error{"PKCS#12: damaged"};
  Pkcs12 found;
  for (int i = 0; i < sk_PKCS7_num(safes.get()); ++i) {
    if (auto error = take_safe(sk_PKCS7_value(safes.get(), i), *password, rounds, found))
      return *error;
  }
  return found;
}

}  // namespace

Result<Pkcs12> read_pkcs12(std::string_view bytes, const std::string& password) {
  Result<Pkcs12> result = read(bytes, password);
  ERR_clear_error();
  return result;
}

}  // namespace mesh
