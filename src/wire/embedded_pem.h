// Certificates inside kubeconfigs and manifests of Kubernetes Secrets, YAML or JSON: base64 of PEM
// behind the words `client-certificate-data`, `certificate-authority-data`, `tls.crt` and `ca.crt`.
//
// Not a YAML reader: a word that a colon follows is a key, and what comes until the next key,
// comma or bracket is its value, on however many lines and in whatever quotes. That is true of
// every way in which base64 can be written down. Values of other keys, above all `*key-data` and
// `tls.key`, are passed over and never decoded.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/base64.h"
#include "wire/pem.h"

namespace mesh {

class EmbeddedPemReader : private PemSink {
 public:
  // The sink must outlive the reader; it is never given on_text and hears of lines of the whole
  // file, not of the value.
  explicit EmbeddedPemReader(PemSink& sink) : sink_(sink) {}
  ~EmbeddedPemReader() override;

  void take(char c, std::uint64_t line);
  void finish();  // call once

 private:
  enum class Value : std::uint8_t { ignored, certificates, key };

  void end_word();
  void begin_key();
  void take_value(std::string_view text);
  void end_value();

  void on_certificate(std::string_view der, std::uint64_t line) override;
  void on_private_key() override;
  void on_other_block(std::string_view label) override;
  void on_unreadable(std::uint64_t line, const std::string& why) override;

  PemSink& sink_;
  std::string word_;         // or the last piece of a long one
  bool is_long_ = false;     // too long for a key
  bool word_ended_ = false;  // seen whole; a colon may yet make it a key
  std::string key_;
  Value value_ = Value::ignored;
  std::uint64_t line_ = 1, value_line_ = 1;
  bool has_value_ = false, bad_ = false, found_ = false;
  Base64Decoder decoder_;
  std::string decoded_;
  std::optional<PemReader> inner_;
};

}  // namespace mesh
