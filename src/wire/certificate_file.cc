// The first bytes tell DER from text. Text goes through a PemReader, and what is outside of its
// blocks through an EmbeddedPemReader, so that a manifest may hold both.
#include "wire/certificate_file.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/limits.h"
#include "base/wipe.h"
#include "wire/embedded_pem.h"
#include "wire/pem.h"
#include "wire/x509.h"
#include "wire/x509_pkcs12.h"

namespace mesh {
namespace {

// By this many bytes every form is told from every other.
constexpr std::size_t head_bytes = 16;

enum class Form : std::uint8_t { text, certificate, pkcs12, key, other };

// Where the contents of a DER element begin; 0 for what is none. BER's indefinite length, which
// Windows writes into PKCS#12, counts.
std::size_t contents_at(std::string_view bytes, char tag) {
  if (bytes.size() < 2 || bytes[0] != tag) return 0;
  const auto length = static_cast<unsigned char>(bytes[1]);
  if (length < 0x80) return 2;
  return length <= 0x84 ? 2 + (length & 0x7F) : 0;
}

Form form_of(std::string_view head) {
  const std::size_t at = contents_at(head, '\x30');
  if (at == 0 || head.size() < at + 3) return Form::text;
  const std::string_view inside = head.substr(at);
  if (inside.starts_with("\x02\x01\x03")) return Form::pkcs12;
  if (inside.starts_with("\x02\x01")) return Form::key;  // PKCS#1, PKCS#8, SEC 1
  if (at == 2) return Form::text;  // shorter than any certificate: a "0" and an ordinary letter
  const std::size_t deeper = contents_at(inside, '\x30');
  if (deeper == 0 || deeper >= inside.size()) return Form::other;
  return inside[deeper] == '\x06' ? Form::key : Form::certificate;  // encrypted PKCS#8
}

// What a file without certificates looks like, by its first bytes.
std::string_view looks_like(std::string_view head) {
  using namespace std::string_view_literals;
  constexpr std::array<std::pair<std::string_view, std::string_view>, 7> beginnings = {{
      {"\xFE\xED\xFE\xED"sv, "a Java key store (JKS)"},
      {"\xCE\xCE\xCE\xCE"sv, "a Java key store (JCEKS)"},
      {"\x1F\x8B"sv, "gzip"},
      {"PK\x03\x04"sv, "a zip archive"},
      {"\x7F"
       "ELF"sv,
       "a program"},
      {"\xFF\xFE"sv, "text in UTF-16"},
      {"\xFE\xFF"sv, "text in UTF-16"},
  }};
  for (const auto& [beginning, words] : beginnings) {
    if (head.starts_with(beginning)) return words;
  }
  const bool is_binary = std::ranges::any_of(head, [](char c) {
    return static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\r' && c != '\t';
  });
  return is_binary ? "binary data" : "text without a certificate";
}

// A CA of before 1996 does not say that it is one, but its place behind what it issued does.
void settle_roles(std::vector<Certificate>& chain) {
  for (std::size_t i = 1; i < chain.size(); ++i) {
    const Certificate& before = chain[i - 1];
    Certificate& it = chain[i];
    const bool issued_it = before.issuer == it.subject && before.issuer != before.subject;
    if (it.role != CertificateRole::leaf || !issued_it || it.subject.empty()) continue;
    it.role = it.issuer == it.subject ? CertificateRole::root : CertificateRole::intermediate;
  }
}

}  // namespace

class CertificateFileReader::Reading : private PemSink {
 public:
  explicit Reading(std::string_view password) : password_(password) {}
  ~Reading() override {
    wipe(password_);
    wipe(held_);
  }

  void feed(std::string_view chunk) {
    bytes_ += chunk.size();
    if (bytes_ > limits::certificate_file_bytes) return;
    if (!told_) {
      const std::size_t some = std::min(head_bytes - held_.size(), chunk.size());
      held_.append(chunk.substr(0, some));
      chunk.remove_prefix(some);
      if (held_.size() < head_bytes) return;
      tell_form();
    }
    pass(chunk);
  }

  Result<CertificateFile> finish() {
    if (bytes_ > limits::certificate_file_bytes) return Error{"larger than 16 MB"};
    if (!told_) tell_form();
    switch (form_) {
      case Form::text:
        pem_.finish();
        embedded_.finish();
        break;
      case Form::certificate: finish_der(); break;
      case Form::pkcs12:
        if (auto error = finish_pkcs12()) return *error;
        break;
      case Form::key: ++file_.private_keys; break;
      case Form::other: return Error{"no certificate: looks like PKCS#7 or other DER"};
    }
    if (file_.certificates.empty()) {
      if (file_.unreadable > 0) return Error{"no certificate: " + file_.unreadable_sample};
      if (!other_block_.empty()) return Error{"no certificate: looks like a " + other_block_};
      if (bytes_ > 0 && file_.private_keys == 0) {
        return Error{"no certificate: looks like " + std::string(looks_like(head_))};
      }
    }
    settle_roles(file_.certificates);
    return std::move(file_);
  }

 private:
  void tell_form() {
    told_ = true;
    form_ = form_of(held_);
    if (form_ == Form::text) head_ = held_;
    std::string_view first = held_;
    constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
    if (first.starts_with(byte_order_mark)) first.remove_prefix(byte_order_mark.size());
    if (form_ == Form::text) pem_.feed(first);
    if (form_ == Form::text || form_ == Form::key) wipe(held_);
  }

  void pass(std::string_view chunk) {
    if (form_ == Form::text) {
      pem_.feed(chunk);
    } else if (form_ == Form::certificate || form_ == Form::pkcs12) {
      const std::size_t most =
          form_ == Form::pkcs12 ? limits::pkcs12_bytes : limits::certificate_bytes;
      held_.append(chunk.substr(0, most + 1 - std::min(most + 1, held_.size())));
    }
  }

  void finish_der() {
    const std::string_view der = first_der_element(held_);
    add(der, "");
    if (der.size() < held_.size()) add_unreadable("bytes behind the certificate");
    wipe(held_);
  }

  std::optional<Error> finish_pkcs12() {
    if (held_.size() > limits::pkcs12_bytes) return Error{"PKCS#12: larger than 4 MB"};
    Result<Pkcs12> p12 = read_pkcs12(held_, password_);
    wipe(held_);
    if (!p12) return p12.error();
    for (const std::string& der : p12->certificates) add(der, "");
    for (std::uint64_t i = 0; i < p12->unreadable; ++i) add_unreadable("strange bag");
    file_.private_keys += p12->private_keys;
    if (p12->certificates.empty() && p12->private_keys == 0 && p12->unreadable == 0) {
      return Error{"no certificate: looks like an empty PKCS#12"};
    }
    return std::nullopt;
  }

  void add(std::string_view der, const std::string& where) {
    if (file_.certificates.size() == limits::certificates_per_file) {
      add_unreadable(where + "more than " + std::to_string(limits::certificates_per_file) +
                     " certificates");
      return;
    }
    Result<Certificate> certificate = parse_x509(der);
    if (certificate) {
      file_.certificates.push_back(std::move(*certificate));
    } else {
      add_unreadable(where + certificate.error().message);
    }
  }

  void add_unreadable(const std::string& what) {
    if (file_.unreadable++ == 0) file_.unreadable_sample = what;
  }

  static std::string line_words(std::uint64_t line) {
    return "line " + std::to_string(line) + ": ";
  }

  void on_certificate(std::string_view der, std::uint64_t line) override {
    add(der, line_words(line));
  }
  void on_private_key() override { ++file_.private_keys; }
  void on_other_block(std::string_view label) override {
    if (other_block_.empty()) other_block_ = label;
  }
  void on_unreadable(std::uint64_t line, const std::string& why) override {
    add_unreadable(line_words(line) + why);
  }
  void on_text(char c, std::uint64_t line) override { embedded_.take(c, line); }

  std::string password_;
  std::size_t bytes_ = 0;
  std::string held_;  // the first bytes; of DER and PKCS#12 all of them
  std::string head_;
  bool told_ = false;
  Form form_ = Form::text;
  std::string other_block_;
  CertificateFile file_;
  EmbeddedPemReader embedded_{*this};
  PemReader pem_{*this};
};

CertificateFileReader::CertificateFileReader(std::string_view password)
    : reading_(std::make_unique<Reading>(password)) {}
CertificateFileReader::~CertificateFileReader() = default;
CertificateFileReader::CertificateFileReader(CertificateFileReader&&) noexcept = default;
CertificateFileReader& CertificateFileReader::operator=(CertificateFileReader&&) noexcept = default;

void CertificateFileReader::feed(std::string_view chunk) { reading_->feed(chunk); }
Result<CertificateFile> CertificateFileReader::finish() { return reading_->finish(); }

}  // namespace mesh
