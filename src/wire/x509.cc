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
#include <openssl/provider.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <memory>
#include <optional>
#include <utility>

#include "base/limits.h"
#include "base/owned.h"
#include "base/utf8.h"
#include "wire/x509_key.h"

namespace mesh {
namespace {

using Kind = SubjectAltName::Kind;

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

// As much of a text as is kept, in whole characters.
std::string bounded(std::string text) {
  if (text.size() <= limits::certificate_name_bytes) return text;
  std::size_t end = limits::certificate_name_bytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  text.resize(end);
  text += "...";
  return text;
}

// What neither shows nor, in names that allow ASCII only, belongs there, byte by byte as "\x1b".
std::string escaped(std::string_view bytes, bool ascii_only) {
  std::string text;
  while (!bytes.empty() && text.size() <= limits::certificate_name_bytes) {
    const Utf8Char c = first_utf8_char(bytes);
    const bool allowed = !ascii_only || c.bytes == 1;
    if (allowed && c.valid && is_printable(c.code_point)) {
      text += bytes.substr(0, c.bytes);
    } else {
      for (const char byte : bytes.substr(0, c.bytes)) text += "\\x" + hex({&byte, 1});
    }
    bytes.remove_prefix(c.bytes);
  }
  return bounded(std::move(text));
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
  return text ? bounded(lower(text.get())) : std::string();
}

// RFC 2253, but with UTF-8 as it is: "CN=Bücher" and not "CN=B\C3\BCcher".
std::string read_name(const X509_NAME* name) {
  const Owned<BIO, BIO_free_all> out(BIO_new(BIO_s_mem()));
  const unsigned long form = XN_FLAG_RFC2253 & ~static_cast<unsigned long>(ASN1_STRFLGS_ESC_MSB);
  if (!out || X509_NAME_print_ex(out.get(), name, 0, form) < 0) return {};
  char* data = nullptr;
  const long length = BIO_get_mem_data(out.get(), &data);
  if (length <= 0) return {};
  return escaped({data, static_cast<std::size_t>(length)}, false);
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

// A library context without any algorithm. With the default one OpenSSL 3.0 decodes every public
// key on the way, which costs fifteen times what reading the rest of the certificate does, and
// nothing here computes with keys. Lives for ever.
OSSL_LIB_CTX* without_algorithms() {
  static OSSL_LIB_CTX* const context = [] {
    OSSL_LIB_CTX* made = OSSL_LIB_CTX_new();
    if (made) OSSL_PROVIDER_load(made, "null");
    return made;
  }();
  return context;
}

template <class Extension, auto free_function>
Owned<Extension, free_function> extension(const X509* x509, int nid) {
  return Owned<Extension, free_function>(
      static_cast<Extension*>(X509_get_ext_d2i(x509, nid, nullptr, nullptr)));
}

// As X509_check_ca() sees it, which needs an algorithm to look at anything: not a CA whose key may
// not sign certificates; one that says so; without a word on it, one that may sign certificates, or
// that issued itself before there were extensions.
bool is_ca(const X509* x509, bool own_issuer) {
  const auto usage = extension<ASN1_BIT_STRING, ASN1_BIT_STRING_free>(x509, NID_key_usage);
  constexpr int may_sign_certificates = 5;
  const bool may_sign = usage && ASN1_BIT_STRING_get_bit(usage.get(), may_sign_certificates) == 1;
  if (usage && !may_sign) return false;
  const auto basic =
      extension<BASIC_CONSTRAINTS, BASIC_CONSTRAINTS_free>(x509, NID_basic_constraints);
  if (basic) return basic->ca != 0;
  constexpr long version_1 = 0;
  return may_sign || (own_issuer && X509_get_version(x509) == version_1);
}

CertificateRole role_of(const X509* x509) {
  const bool own_issuer =
      X509_NAME_cmp(X509_get_subject_name(x509), X509_get_issuer_name(x509)) == 0;
  if (!is_ca(x509, own_issuer)) return CertificateRole::leaf;
  return own_issuer ? CertificateRole::root : CertificateRole::intermediate;
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
  X509* raw = X509_new_ex(without_algorithms(), nullptr);
  d2i_X509(&raw, &at, static_cast<long>(der.size()));  // frees it on failure
  const Owned<X509, X509_free> x509(raw);
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
