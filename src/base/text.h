// Small tools for text that came over the network: numbers that must be the whole token, lines of
// any line ending, and a shortened printable form of what could not be read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mesh {

// Digits and nothing else: no sign, no space, no exponent. Nothing if it exceeds 64 bits.
std::optional<std::uint64_t> parse_u64(std::string_view token);

// A decimal floating point number as the whole token, also "NaN", "Inf", "+Inf", "-Inf" in any
// case; one leading sign. Nothing if it is too large or too small for a double.
std::optional<double> parse_double(std::string_view token);

// Removes a beginning or an end, if it is there and leaves something.
bool take_front(std::string_view& text, std::string_view front);
bool take_back(std::string_view& text, std::string_view back);

// What stands before the first separator, or all if there is none; `text` is what stands behind it.
std::string_view take_piece(std::string_view& text, char separator);

// At most so many bytes of what could not be read, everything but printable ASCII as '?': fit for a
// log line or a page, whoever wrote it.
inline constexpr std::size_t sample_bytes = 80;
std::string printable_sample(std::string_view text, std::size_t most = sample_bytes);

// What a reader could not understand: how often, and the first of it.
class Unreadables {
 public:
  void add(std::string_view text) {
    if (count_++ == 0) sample_ = printable_sample(text);
  }
  std::uint64_t count() const { return count_; }
  const std::string& sample() const { return sample_; }

 private:
  std::uint64_t count_ = 0;
  std::string sample_;
};

// The lines of a text, without their ends ("\n" or "\r\n"). The last line needs no end, and an end
// at the end of the text begins no further line.
class Lines {
 public:
  explicit Lines(std::string_view text) : rest_(text) {}

  // Nothing once the text is used up. The line borrows from the text.
  std::optional<std::string_view> next();

 private:
  std::string_view rest_;
};

}  // namespace mesh
