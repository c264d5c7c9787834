// UTF-8, as far as a program needs it that only passes text through: taking one character off the
// front of a text that may be anything, and telling whether it may be shown to a person as it is.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace mesh {

struct Utf8Char {
  char32_t code_point = 0;  // U+FFFD if not valid
  std::size_t bytes = 1;    // how many bytes of the text it takes; 1 if not valid
  bool valid = true;
};

// The first character. Overlong forms, surrogates and cut sequences are not valid.
// REQUIRES: !text.empty()
Utf8Char first_utf8_char(std::string_view text);

// False for what moves the cursor, changes colours or hides or reorders the text around it:
// controls (C0, DEL, C1), line separators, zero-width and bidirectional marks.
bool is_printable(char32_t code_point);

// The text as it may be shown to a person on one line: what is not valid, or not printable, becomes
// U+FFFD. What is beyond `most` characters is left out, with "…" for it.
std::string shown_on_one_line(std::string_view text, std::size_t most = std::string_view::npos);

}  // namespace mesh
