// The one place that reads certificates with OpenSSL; see x509.h.
#include "wire/x509.h"

#include <arpa/inet.h>
#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <memory>
#include <optional>

#include "base/limits.h"

namespace mesh {
namespace {

using Kind = SubjectAltName::Kind;

template <auto free_function>
struct FreeBy {
  template <class T>
  void operator()(T* pointer) const {
    free_function(pointer);
  }
};
template <class T, auto free_function>
using Owned = std::unique_ptr<T, FreeBy<free_function>>;

void free_text(char* text) { OPENSSL_free(text); }
void free_bytes(unsigned char* bytes) { OPENSSL_free(bytes); }

std::string lower(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

std::string_view bytes_of(const ASN1_STRING* text) {
  const unsigned char* data = ASN1_STRING_get0_data(text);
  const int length = ASN1_STRING_length(text);
  if (!data || length <= 0) return {};
  return {reinterpret_cast<const char*>(data), static_cast<std::size_t>(length)};
}

std::string hex(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    text += digits[byte >> 4];
    text += digits[byte & 15];
  }
  return text;
}

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }
bool is_ascii(char c) { return static_cast<unsigned char>(c) < 0x80; }

// What neither shows nor, in names that allow ASCII only, belongs there.
std::string escaped(std::string_view bytes, bool ascii_only) {
  std::string text;
  for (const char c : bytes) {
    if (is_control(c) || (ascii_only && !is_ascii(c))) {
      text += "\\x" + hex({&c, 1});
    } else {
      text += c;
    }
  }
  return text;
}

// OpenSSL's own calendar ends with time_t on some machines; a struct tm does not.
std::optional<std::chrono::sys_seconds> read_date(const ASN1_TIME* date) {
  std::tm tm{};
  if (!date || ASN1_TIME_to_tm(date, &tm) != 1) return std::nullopt;
  const std::chrono::year_month_day day{std::chrono::year{tm.tm_year + 1900},
                                        std::chrono::month{static_cast<unsigned>(tm.tm_mon) + 1},
                                        std::chrono::day{static_cast<unsigned>(tm.tm_mday)}};
  if (!day.ok()) return std::nullopt;
  return std::chrono::sys_days{day} + std::chrono::hours{tm.tm_hour} +
         std::chrono::minutes{tm.tm_min} + std::chrono::seconds{tm.tm_sec};
}

std::string read_serial(const X509* x509) {
  const Owned<BIGNUM, BN_free> number(ASN1_INTEGER_to_BN(X509_get0_serialNumber(x509), nullptr));
  if (!number) return {};
  if (BN_is_zero(number.get())) return "00";
  const Owned<char, free_text> text(BN_bn2hex(number.get()));
  return text ? lower(text.get()) : std::string();
}

// RFC 2253, but with UTF-8 as it is: "CN=Bücher" and not "CN=B\C3\BCcher".
std::string read_name(const X509_NAME* name) {
  const Owned<BIO, BIO_free_all> out(BIO_new(BIO_s_mem()));
  const unsigned long form = XN_FLAG_RFC2253 & ~static_cast<unsigned long>(ASN1_STRFLGS_ESC_MSB);
  if (!out || X509_NAME_print_ex(out.get(), name, 0, form) < 0) return {};
  char* data = nullptr;
  const long length = BIO_get_mem_data(out.get(), &data);
  return length > 0 ? std::string(data, static_cast<std::size_t>(length)) : std::string();
}

// Names go from the general to the particular, so the last CN is the one that is meant.
std::string read_common_name(const X509_NAME* name) {
  int last = -1;
  for (int at = -1; (at = X509_NAME_get_index_by_NID(name, NID_commonName, at)) >= 0;) last = at;
  if (last < 0) return {};
  const ASN1_STRING* value = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, last));
  unsigned char* utf8 = nullptr;
  const int length = ASN1_STRING_to_UTF8(&utf8, value);
  const Owned<unsigned char, free_bytes> text(utf8);
  if (length <= 0) return {};
  return escaped({reinterpret_cast<const char*>(utf8), static_cast<std::size_t>(length)}, false);
}

std::string ip_text(std::string_view bytes) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const int family = bytes.size() == 4 ? AF_INET : AF_INET6;
  if (bytes.size() != 4 && bytes.size() != 16) return hex(bytes);
  inet_ntop(family, bytes.data(), text.data(), static_cast<socklen_t>(text.size()));
  return text.data();
}

std::vector<SubjectAltName> read_alt_names(const X509* x509) {
  std::vector<SubjectAltName> names;
  const Owned<GENERAL_NAMES, GENERAL_NAMES_free> all(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(x509, NID_subject_alt_name, nullptr, nullptr)));
  if (!all) return names;
  for (int i = 0; i < sk_GENERAL_NAME_num(all.get()); ++i) {
    if (names.size() == limits::names_per_certificate) break;
    int type = 0;
    const void* value = GENERAL_NAME_get0_value(sk_GENERAL_NAME_value(all.get(), i), &type);
    const std::optional<Kind> kind = type == GEN_URI     ? std::optional(Kind::uri)
                                     : type == GEN_DNS   ? std::optional(Kind::dns)
                                     : type == GEN_IPADD ? std::optional(Kind::ip)
                                     : type == GEN_EMAIL ? std::optional(Kind::email)
                                                         : std::nullopt;
    if (!kind) continue;
    const std::string_view bytes = bytes_of(static_cast<const ASN1_STRING*>(value));
    names.push_back({*kind, *kind == Kind::ip ? ip_text(bytes) : escaped(bytes, true)});
  }
  return names;
}

CertificateRole role_of(X509* x509) {
  if (X509_check_ca(x509) == 0) return CertificateRole::leaf;
  const bool own_issuer = (X509_get_extension_flags(x509) & EXFLAG_SI) != 0;
  return own_issuer ? CertificateRole::root : CertificateRole::intermediate;
}

void read_key(const X509* x509, Certificate& into) {
  const EVP_PKEY* key = X509_get0_pubkey(x509);
  if (!key) return;
  into.key_bits = static_cast<std::uint32_t>(std::max(0, EVP_PKEY_get_bits(key)));
  switch (EVP_PKEY_get_base_id(key)) {
    case EVP_PKEY_RSA:
    case EVP_PKEY_RSA_PSS: into.key_algorithm = KeyAlgorithm::rsa; break;
    case EVP_PKEY_EC: into.key_algorithm = KeyAlgorithm::ecdsa; break;
    case EVP_PKEY_ED25519: into.key_algorithm = KeyAlgorithm::ed25519; break;
    default: break;
  }
}

std::string read_signature_digest(X509* x509) {
  int digest = NID_undef;
  if (X509_get_signature_info(x509, &digest, nullptr, nullptr, nullptr) != 1) return {};
  return digest == NID_undef ? std::string() : lower(OBJ_nid2sn(digest));
}

std::string read_fingerprint(std::string_view der) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int length = 0;
  if (EVP_Digest(der.data(), der.size(), digest.data(), &length, EVP_sha256(), nullptr) != 1) {
    return {};
  }
  return hex({reinterpret_cast<const char*>(digest.data()), length});
}

}  // namespace

Result<Certificate> parse_x509(std::string_view der) {
  if (der.size() > limits::certificate_bytes) return Error{"certificate is too long"};
  const auto* at = reinterpret_cast<const unsigned char*>(der.data());
  const auto* end = at + der.size();
  const Owned<X509, X509_free> x509(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
  // What OpenSSL notes of strange extensions is nobody else's business; the thread keeps it.
  const auto finish = [](auto result) {
    ERR_clear_error();
    return result;
  };
  using Parsed = Result<Certificate>;
  if (!x509) return finish(Parsed(Error{"no certificate in DER"}));
  if (at != end) return finish(Parsed(Error{"bytes behind the certificate"}));

  const auto not_before = read_date(X509_get0_notBefore(x509.get()));
  const auto not_after = read_date(X509_get0_notAfter(x509.get()));
  if (!not_before || !not_after) return finish(Parsed(Error{"certificate has no readable dates"}));
  Certificate certificate;
  certificate.role = role_of(x509.get());
  certificate.not_before = not_before;
  certificate.not_after = *not_after;
  certificate.serial = read_serial(x509.get());
  certificate.subject = read_name(X509_get_subject_name(x509.get()));
  certificate.issuer = read_name(X509_get_issuer_name(x509.get()));
  certificate.subject_common_name = read_common_name(X509_get_subject_name(x509.get()));
  certificate.sans = read_alt_names(x509.get());
  certificate.fingerprint_sha256 = read_fingerprint(der);
  certificate.signature_digest = read_signature_digest(x509.get());
  read_key(x509.get(), certificate);
  return finish(Parsed(std::move(certificate)));
}

}  // namespace mesh
