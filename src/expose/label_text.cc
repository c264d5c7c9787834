// Copies what is good, replaces what is not. Nearly all values are plain ASCII and are copied
// whole.
#include "expose/label_text.h"

#include <algorithm>

#include "base/utf8.h"

namespace mesh {

std::string valid_label_value(std::string_view text) {
  const auto is_plain = [](char c) { return static_cast<signed char>(c) > 0; };
  if (std::ranges::all_of(text, is_plain)) return std::string(text);

  std::string valid;
  valid.reserve(text.size() + 8);
  while (!text.empty()) {
    const Utf8Char next = first_utf8_char(text);
    if (next.valid && next.code_point != 0) {
      valid += text.substr(0, next.bytes);
    } else {
      valid += "\xEF\xBF\xBD";
    }
    text.remove_prefix(next.bytes);
  }
  return valid;
}

}  // namespace mesh
