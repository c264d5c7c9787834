// Four characters to three bytes. Whole groups go by table, the rest character by character.
#include "base/base64.h"

#include <algorithm>
#include <array>

namespace mesh {
namespace {

constexpr std::uint8_t none = 0xFF;

constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr std::array<std::uint8_t, 256> make_values() {
  std::array<std::uint8_t, 256> values{};
  for (auto& value : values) value = none;
  for (std::size_t i = 0; i < alphabet.size(); ++i) {
    values[static_cast<unsigned char>(alphabet[i])] = static_cast<std::uint8_t>(i);
  }
  return values;
}
constexpr std::array<std::uint8_t, 256> values = make_values();

std::uint8_t value_of(char c) { return values[static_cast<unsigned char>(c)]; }

void append(std::uint32_t group, int bytes, std::string& out) {
  for (int i = 0; i < bytes; ++i) out.push_back(static_cast<char>(group >> (16 - 8 * i)));
}

}  // namespace

bool Base64Decoder::put(char c, std::string& out) {
  if (broken_) return false;
  const std::uint8_t value = value_of(c);
  const bool is_padding = c == '=' && held_ >= 2;
  if (ended_ || (!is_padding && (value == none || padding_ > 0))) {
    broken_ = true;
    return false;
  }
  group_ = group_ << 6 | (is_padding ? 0u : value);
  padding_ += is_padding;
  if (++held_ < 4) return true;
  append(group_, 3 - padding_, out);
  ended_ = padding_ > 0;
  group_ = 0;
  held_ = 0;
  return true;
}

bool Base64Decoder::feed(std::string_view text, std::string& out) {
  std::size_t i = 0;
  while (i < text.size()) {
    if (held_ == 0 && !ended_ && !broken_ && text.size() - i >= 4) {
      const std::uint32_t a = value_of(text[i]), b = value_of(text[i + 1]),
                          c = value_of(text[i + 2]), d = value_of(text[i + 3]);
      if ((a | b | c | d) < 64) {
        append(a << 18 | b << 12 | c << 6 | d, 3, out);
        i += 4;
        continue;
      }
    }
    if (!put(text[i++], out)) return false;
  }
  return !broken_;
}

std::string to_base64(std::string_view bytes) {
  std::string text;
  for (; !bytes.empty(); bytes.remove_prefix(std::min<std::size_t>(3, bytes.size()))) {
    std::uint32_t group = 0;
    for (std::size_t i = 0; i < 3; ++i) {
      group = group << 8 | (i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0u);
    }
    for (std::size_t i = 0; i < 4; ++i) {
      text += i <= bytes.size() ? alphabet[group >> (18 - 6 * i) & 63] : '=';
    }
  }
  return text;
}

}  // namespace mesh
