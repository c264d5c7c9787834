// Digits by the standard library, which would take more than we do: a sign, a zero in front.
#include "config/whole_number.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <system_error>
#include <utility>

namespace mesh {

WholeNumber parse_whole_number(std::string_view digits) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (digits.empty() || !std::ranges::all_of(digits, is_digit)) {
    return {0, "is not a whole number in plain digits"};
  }
  if (digits.size() > 1 && digits[0] == '0') return {0, "begins with a zero"};
  WholeNumber number;
  const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), number.value);
  if (parsed.ec != std::errc{}) number.wrong = "is out of range";
  return number;
}

WholeNumber parse_bytes(std::string_view text) {
  static constexpr std::array<std::pair<std::string_view, int>, 3> units{
      {{"KiB", 10}, {"MiB", 20}, {"GiB", 30}}};
  for (const auto& [unit, shift] : units) {
    if (!text.ends_with(unit)) continue;
    WholeNumber number = parse_whole_number(text.substr(0, text.size() - unit.size()));
    if (number.value > std::numeric_limits<std::uint64_t>::max() >> shift) {
      number.wrong = "is out of range";
    }
    number.value <<= shift;
    return number;
  }
  return parse_whole_number(text);
}

}  // namespace mesh
