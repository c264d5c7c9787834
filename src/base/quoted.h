// Text of unknown origin, made fit for one line of a log or of an error message: in quotes, with
// everything escaped that could break the line, steer a terminal or pretend to be something else.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace mesh {

enum class Escapes {
  words,  // \n, \x1b, \u202e; a byte that is no UTF-8 as \xff
  json,   // as RFC 8259 has them; a byte that is no UTF-8 becomes U+FFFD
};

// Appends the escaped text without the quotes. What is beyond max_bytes of the text is left out
// and "…" put in its place.
void append_escaped(std::string& out, std::string_view text, Escapes escapes,
                    std::size_t max_bytes);

// For messages: "word" with its quotes, shortened to 80 bytes.
std::string in_quotes(std::string_view text);

}  // namespace mesh
