// Escaping, one character at a time; what is printable passes as it is, so that names in any
// script stay readable.
#include "base/quoted.h"

#include <array>
#include <cstdio>

#include "base/utf8.h"

namespace mesh {
namespace {

template <class... Values>
void append_format(std::string& out, const char* format, Values... values) {
  std::array<char, 16> buffer;
  out += std::string_view(buffer.data(),
                          std::snprintf(buffer.data(), buffer.size(), format, values...));
}

void append_unprintable(std::string& out, char32_t c, Escapes escapes) {
  const auto number = static_cast<unsigned>(c);
  if (c == '\n') {
    out += "\\n";
  } else if (c == '\r') {
    out += "\\r";
  } else if (c == '\t') {
    out += "\\t";
  } else if (c < 0x80 && escapes == Escapes::words) {
    append_format(out, "\\x%02x", number);
  } else {
    append_format(out, "\\u%04x", number);  // is_printable refuses nothing beyond U+FFFF
  }
}

}  // namespace

void append_escaped(std::string& out, std::string_view text, Escapes escapes,
                    std::size_t max_bytes) {
  std::size_t taken = 0;
  while (!text.empty()) {
    const Utf8Char c = first_utf8_char(text);
    if (taken + c.bytes > max_bytes) {
      out += "…";
      return;
    }
    if (!c.valid && escapes == Escapes::words) {
      append_format(out, "\\x%02x", static_cast<unsigned char>(text[0]));
    } else if (!c.valid) {
      out += "\uFFFD";
    } else if (c.code_point == '"' || c.code_point == '\\') {
      out += '\\';
      out += text[0];
    } else if (is_printable(c.code_point)) {
      out += text.substr(0, c.bytes);
    } else {
      append_unprintable(out, c.code_point, escapes);
    }
    taken += c.bytes;
    text.remove_prefix(c.bytes);
  }
}

std::string in_quotes(std::string_view text) {
  std::string out = "\"";
  append_escaped(out, text, Escapes::words, 80);
  out += '"';
  return out;
}

}  // namespace mesh
