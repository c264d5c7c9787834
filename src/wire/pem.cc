// One character at a time, but for the lines of base64, which are decoded in runs.
#include "wire/pem.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/limits.h"
#include "base/wipe.h"

namespace mesh {
namespace {

constexpr std::string_view begin_words = "-----BEGIN ";
constexpr std::string_view end_words = "-----END ";
constexpr std::size_t dashes = 5;
constexpr std::size_t label_bytes = 64;  // the longest in use is "ENCRYPTED PRIVATE KEY"

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

bool is_label_letter(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == ' ';
}

bool wraps_certificate(std::string_view label) {
  constexpr std::array<std::string_view, 3> labels = {"CERTIFICATE", "X509 CERTIFICATE",
                                                      "TRUSTED CERTIFICATE"};
  return std::ranges::find(labels, label) != labels.end();
}

}  // namespace

std::string_view first_der_element(std::string_view bytes) {
  if (bytes.size() < 2) return bytes;
  const auto first = static_cast<unsigned char>(bytes[1]);
  std::size_t header = 2, length = first;
  if (first >= 0x80) {
    const std::size_t octets = first & 0x7F;
    if (octets == 0 || octets > 4 || bytes.size() < 2 + octets) return bytes;
    length = 0;
    for (std::size_t i = 0; i < octets; ++i) {
      length = length << 8 | static_cast<unsigned char>(bytes[2 + i]);
    }
    header += octets;
  }
  return bytes.substr(0, header + length);
}

void PemReader::feed(std::string_view chunk) {
  for (std::size_t i = 0; i < chunk.size();) {
    const std::size_t run = take_run(chunk.substr(i));
    i += run;
    if (run > 0) continue;
    const char c = chunk[i++];
    if (escaped_) {
      if (c == '\\') continue;  // escaped more than once: JSON within JSON
      escaped_ = false;
      if (c == 'n') {
        take('\n');
      } else if (c == 'r' || c == 't') {
        take(' ');
      } else {
        take(c);
      }
    } else if (c == '\\') {
      escaped_ = true;
    } else {
      take(c);
    }
    line_ += c == '\n';
  }
}

// What is certainly base64, or certainly to be skipped.
std::size_t PemReader::take_run(std::string_view text) {
  if (place_ == Place::outside || !boundary_.empty() || escaped_) return 0;
  const std::size_t run = std::min(text.find_first_of("-\\\n\r\t "), text.size());
  if (place_ == Place::certificate) decode(text.substr(0, run));
  return run;
}

void PemReader::decode(std::string_view text) {
  if (bad_ || too_long_) return;
  // Before it is decoded: a chunk may be large.
  too_long_ = der_.size() + text.size() / 4 * 3 > limits::certificate_bytes;
  if (!too_long_) bad_ = !decoder_.feed(text, der_);
}

void PemReader::take(char c) {
  if (!boundary_.empty()) {
    boundary_.push_back(c);
    std::string_view label;
    const Match match = match_boundary(label);
    if (match == Match::partial) return;
    if (match != Match::none) {
      pass_boundary(match, std::string(label));
      return;
    }
    boundary_.pop_back();
    if (place_ == Place::certificate) bad_ = true;
    const std::string other = std::exchange(boundary_, {});
    if (place_ == Place::outside) {
      at_start_ = false;
      for (const char dash : other) sink_.on_text(dash, line_);
    }
  }
  if (place_ == Place::outside) {
    take_outside(c);
  } else if (c == '-') {
    boundary_ = "-";
  } else if (place_ == Place::certificate && !is_blank(c)) {
    decode({&c, 1});
  }
}

void PemReader::take_outside(char c) {
  if (c == '-' && at_start_) {
    boundary_ = "-";
    return;
  }
  at_start_ = c == '\n' || c == '"' || c == '\'' || (at_start_ && is_blank(c));
  sink_.on_text(c, line_);
}

PemReader::Match PemReader::match_boundary(std::string_view& label) const {
  const std::string_view text = boundary_;
  for (const auto& [words, whole] :
       {std::pair(begin_words, Match::begin), std::pair(end_words, Match::end)}) {
    if (words.starts_with(text)) return Match::partial;
    if (!text.starts_with(words)) continue;
    const std::string_view rest = text.substr(words.size());
    label = rest.substr(0, rest.find('-'));
    const std::string_view tail = rest.substr(label.size());
    if (label.size() > label_bytes || !std::ranges::all_of(label, is_label_letter)) break;
    if (tail.find_first_not_of('-') != tail.npos || (label.empty() && !tail.empty())) break;
    return tail.size() < dashes ? Match::partial : whole;
  }
  return Match::none;
}

void PemReader::pass_boundary(Match match, std::string label) {
  boundary_.clear();
  if (match == Match::begin) {
    if (place_ != Place::outside) {
      sink_.on_unreadable(begin_line_, label_ + " block without an end");
    }
    open(std::move(label));
    return;
  }
  const Place place = std::exchange(place_, Place::outside);
  at_start_ = false;
  if (place == Place::outside) {
    sink_.on_unreadable(line_, "END " + label + " without a BEGIN");
  } else if (label != label_) {
    sink_.on_unreadable(begin_line_, label_ + " block ended by END " + label);
  } else if (place == Place::certificate) {
    close_certificate();
  }
  forget();
}

void PemReader::open(std::string label) {
  forget();
  label_ = std::move(label);
  begin_line_ = line_;
  place_ = wraps_certificate(label_) ? Place::certificate : Place::skipped;
  if (place_ == Place::certificate) return;
  if (label_.ends_with("PRIVATE KEY")) {
    sink_.on_private_key();
  } else {
    sink_.on_other_block(label_);
  }
}

void PemReader::close_certificate() {
  if (too_long_) {
    sink_.on_unreadable(begin_line_, "certificate is too long");
  } else if (bad_ || !decoder_.complete()) {
    sink_.on_unreadable(begin_line_, "bad base64");
  } else {
    // A trusted one has OpenSSL's own remarks behind it.
    const bool trusted = label_.starts_with("TRUSTED");
    sink_.on_certificate(trusted ? first_der_element(der_) : std::string_view(der_), begin_line_);
  }
}

void PemReader::finish() {
  if (place_ != Place::outside) {
    sink_.on_unreadable(begin_line_, label_ + " block without an end");
  }
  place_ = Place::outside;
  forget();
}

// Whatever was called a certificate may have been a key.
void PemReader::forget() {
  wipe(der_);
  decoder_ = {};
  bad_ = too_long_ = false;
}

}  // namespace mesh
