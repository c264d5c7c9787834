// PEM as it lies in files: blocks between BEGIN and END lines, with anything around them. Read as
// it arrives, and what is no certificate is never kept: of a private key this sees one character at
// a time and remembers none.
//
// A BEGIN counts at the start of a line, blanks before it allowed (a block scalar in YAML), and
// behind a quote (JSON, whose \n then counts as the end of a line). A block that is cut, ended by
// another's END or no base64 is reported with the line of its BEGIN, and reading goes on behind it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/base64.h"

namespace mesh {

class PemSink {
 public:
  virtual ~PemSink() = default;
  // `line` is that of BEGIN, from 1. The view is good for the call only.
  virtual void on_certificate(std::string_view der, std::uint64_t line) = 0;
  virtual void on_private_key() = 0;
  virtual void on_other_block(std::string_view label) = 0;  // skipped
  virtual void on_unreadable(std::uint64_t line, const std::string& why) = 0;
  virtual void on_text(char, std::uint64_t) {}  // each character outside of blocks, and its line
};

// The first element of DER in `bytes`, header included: all of them if they are no whole element.
std::string_view first_der_element(std::string_view bytes);

class PemReader {
 public:
  // The sink must outlive the reader.
  explicit PemReader(PemSink& sink) : sink_(sink) {}
  ~PemReader() { forget(); }
  PemReader(const PemReader&) = delete;
  PemReader& operator=(const PemReader&) = delete;

  void feed(std::string_view chunk);
  void finish();  // call once

 private:
  enum class Place : std::uint8_t { outside, certificate, skipped };
  enum class Match : std::uint8_t { none, partial, begin, end };

  std::size_t take_run(std::string_view text);
  void take(char c);
  void take_outside(char c);
  Match match_boundary(std::string_view& label) const;
  void pass_boundary(Match match, std::string label);
  void open(std::string label);
  void close_certificate();
  void decode(std::string_view text);
  void forget();

  PemSink& sink_;
  Place place_ = Place::outside;
  std::uint64_t line_ = 1, begin_line_ = 0;
  std::string boundary_;  // of a BEGIN or END line, as far as it has come
  std::string label_;     // of the block that is open
  bool at_start_ = true;  // only blanks, or a quote, since the line began
  bool escaped_ = false;  // the character before was a backslash
  Base64Decoder decoder_;
  std::string der_;
  bool bad_ = false, too_long_ = false;
};

}  // namespace mesh
