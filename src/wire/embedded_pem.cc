// Words, keys and values as the header tells; a value streams through base64 into a PemReader.
#include "wire/embedded_pem.h"

#include <algorithm>
#include <array>

#include "base/wipe.h"

namespace mesh {
namespace {

constexpr std::size_t key_bytes = 64;  // twice the longest key that is looked for

bool is_word_letter(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' ||
         c == '/' || c == '=' || c == '.' || c == '_' || c == '-';
}

bool ends_values(char c) {
  return c == ',' || c == '{' || c == '}' || c == '[' || c == ']' || c == '#';
}

bool holds_certificates(std::string_view key) {
  constexpr std::array<std::string_view, 4> keys = {
      "client-certificate-data", "certificate-authority-data", "tls.crt", "ca.crt"};
  return std::ranges::find(keys, key) != keys.end();
}

bool holds_key(std::string_view key) { return key == "tls.key" || key.ends_with("key-data"); }

}  // namespace

EmbeddedPemReader::~EmbeddedPemReader() {
  wipe(word_);
  wipe(decoded_);
}

void EmbeddedPemReader::take(char c, std::uint64_t line) {
  line_ = line;
  if (is_word_letter(c)) {
    if (word_ended_) end_word();
    word_.push_back(c);
    if (word_.size() <= key_bytes) return;
    is_long_ = true;
    take_value(word_);
    word_.clear();
  } else if (c == ':' && !word_.empty() && !is_long_) {
    begin_key();
  } else if (ends_values(c)) {
    end_word();
    end_value();
  } else if (!word_.empty() || is_long_) {
    word_ended_ = true;
  }
}

// It was none of the keys.
void EmbeddedPemReader::end_word() {
  const bool is_mark = !is_long_ && (word_.find_first_not_of('-') == word_.npos || word_ == "null");
  if (!is_mark) {
    take_value(word_);
  } else if (has_value_) {
    end_value();  // the "-" of the next item of a list, the "---" of the next document
  }
  word_.clear();
  is_long_ = word_ended_ = false;
}

void EmbeddedPemReader::begin_key() {
  end_value();
  key_ = word_;
  word_.clear();
  word_ended_ = false;
  value_ = holds_certificates(key_) ? Value::certificates
           : holds_key(key_)        ? Value::key
                                    : Value::ignored;
}

void EmbeddedPemReader::take_value(std::string_view text) {
  if (value_ == Value::ignored || text.empty()) return;
  if (!has_value_) {
    has_value_ = true;
    value_line_ = line_;
    if (value_ == Value::key) sink_.on_private_key();
    if (value_ == Value::certificates) inner_.emplace(static_cast<PemSink&>(*this));
  }
  if (value_ != Value::certificates || bad_) return;
  bad_ = !decoder_.feed(text, decoded_);
  inner_->feed(decoded_);
  wipe(decoded_);
}

void EmbeddedPemReader::end_value() {
  if (inner_) {
    bad_ = bad_ || !decoder_.complete();
    if (bad_) {
      found_ = true;
      sink_.on_unreadable(value_line_, key_ + " has bad base64");
    } else {
      inner_->finish();
    }
    if (!found_) sink_.on_unreadable(value_line_, key_ + " holds no certificate");
  }
  inner_.reset();
  decoder_ = {};
  value_ = Value::ignored;
  has_value_ = bad_ = found_ = false;
}

void EmbeddedPemReader::finish() {
  end_word();
  end_value();
}

void EmbeddedPemReader::on_certificate(std::string_view der, std::uint64_t) {
  found_ = true;
  sink_.on_certificate(der, value_line_);
}

void EmbeddedPemReader::on_private_key() {
  found_ = true;
  sink_.on_private_key();
}

void EmbeddedPemReader::on_other_block(std::string_view label) { sink_.on_other_block(label); }

void EmbeddedPemReader::on_unreadable(std::uint64_t line, const std::string& why) {
  found_ = true;
  sink_.on_unreadable(value_line_, key_ + ", its line " + std::to_string(line) + ": " + why);
}

}  // namespace mesh
