// Decoding by the table of the Unicode standard (chapter 3, "Well-Formed UTF-8 Byte Sequences"):
// the first byte tells the length, the lower bound of each length rules out overlong forms.
#include "base/utf8.h"

#include <algorithm>
#include <cassert>

namespace mesh {
namespace {

constexpr Utf8Char not_valid{0xFFFD, 1, false};

bool within(char32_t c, char32_t first, char32_t last) { return first <= c && c <= last; }

}  // namespace

Utf8Char first_utf8_char(std::string_view text) {
  assert(!text.empty());
  const auto lead = static_cast<unsigned char>(text[0]);
  if (lead < 0x80) return {lead, 1, true};

  std::size_t bytes = 0;
  char32_t value = 0, least = 0;
  if ((lead & 0xE0) == 0xC0) {
    bytes = 2, value = lead & 0x1F, least = 0x80;
  } else if ((lead & 0xF0) == 0xE0) {
    bytes = 3, value = lead & 0x0F, least = 0x800;
  } else if ((lead & 0xF8) == 0xF0) {
    bytes = 4, value = lead & 0x07, least = 0x10000;
  } else {
    return not_valid;
  }
  if (text.size() < bytes) return not_valid;
  for (std::size_t i = 1; i < bytes; ++i) {
    const auto next = static_cast<unsigned char>(text[i]);
    if ((next & 0xC0) != 0x80) return not_valid;
    value = value << 6 | (next & 0x3F);
  }
  if (value < least || value > 0x10FFFF || within(value, 0xD800, 0xDFFF)) return not_valid;
  return {value, bytes, true};
}

bool is_printable(char32_t c) {
  if (c < 0x20 || within(c, 0x7F, 0x9F)) return false;
  return !within(c, 0x200B, 0x200F) && !within(c, 0x2028, 0x202E) && !within(c, 0x2060, 0x2069) &&
         c != 0xFEFF;
}

std::string shown_on_one_line(std::string_view text, std::size_t most) {
  std::string shown;
  shown.reserve(std::min(text.size(), most));
  for (; !text.empty(); --most) {
    if (most == 0) return shown += "…";
    const Utf8Char next = first_utf8_char(text);
    const bool good = next.valid && is_printable(next.code_point);
    shown += good ? text.substr(0, next.bytes) : std::string_view("\xEF\xBF\xBD");
    text.remove_prefix(next.bytes);
  }
  return shown;
}

}  // namespace mesh
