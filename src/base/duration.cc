// Durations in Prometheus' spelling. The rules are those of its configuration files, so that
// whoever can write a scrape interval there can write one here: whole numbers only, units from
// large to small, each at most once, and a bare "0" as the one number that needs no unit.
#include "base/duration.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <charconv>
#include <cstdint>

namespace mesh {
namespace {

using std::chrono::milliseconds;

struct Unit {
  std::string_view name;
  std::int64_t ms;
};

constexpr std::array<Unit, 7> units{{
    {"y", 365LL * 86'400'000},
    {"w", 7LL * 86'400'000},
    {"d", 86'400'000},
    {"h", 3'600'000},
    {"m", 60'000},
    {"s", 1'000},
    {"ms", 1},
}};

// The program computes in nanoseconds; what does not fit there (292 years) is refused here.
constexpr std::int64_t longest_ms =
    std::chrono::duration_cast<milliseconds>(std::chrono::nanoseconds::max()).count();

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

Result<milliseconds> parse_duration(std::string_view text) {
  if (text.empty()) return Error{"not a duration"};
  if (text == "0") return milliseconds{0};

  std::int64_t total_ms = 0;
  auto next_unit = units.begin();
  while (!text.empty()) {
    const auto digits = std::find_if_not(text.begin(), text.end(), is_digit) - text.begin();
    const std::string_view number = text.substr(0, digits);
    text.remove_prefix(digits);
    const auto letters = std::find_if(text.begin(), text.end(), is_digit) - text.begin();
    const std::string_view name = text.substr(0, letters);
    text.remove_prefix(letters);

    if (number.empty()) return Error{"not a duration"};
    if (name.empty()) return Error{"a duration without a unit"};
    const auto unit = std::ranges::find(units, name, &Unit::name);
    if (unit == units.end()) return Error{"not a duration"};
    if (unit < next_unit) return Error{"units out of order or repeated"};
    next_unit = unit + 1;

    std::int64_t count = 0;
    const auto parsed = std::from_chars(number.data(), number.data() + number.size(), count);
    if (parsed.ec != std::errc{} || count > (longest_ms - total_ms) / unit->ms) {
      return Error{"too long for a duration"};
    }
    total_ms += count * unit->ms;
  }
  return milliseconds{total_ms};
}

std::string format_duration(milliseconds duration) {
  assert(duration.count() >= 0);
  std::int64_t rest = duration.count();
  if (rest == 0) return "0s";
  std::string text;
  for (const Unit& unit : units) {
    // Years and weeks only when nothing remains: "1w", but "8d" rather than "1w1d".
    const bool whole_only = unit.name == "y" || unit.name == "w";
    if (rest < unit.ms || (whole_only && rest % unit.ms != 0)) continue;
    text += std::to_string(rest / unit.ms);
    text += unit.name;
    rest %= unit.ms;
  }
  return text;
}

std::string format_roughly(std::int64_t seconds) {
  struct Unit {
    std::int64_t seconds;
    char name;
  };
  static constexpr std::array<Unit, 5> units{
      {{365 * 86'400, 'y'}, {86'400, 'd'}, {3'600, 'h'}, {60, 'm'}, {1, 's'}}};
  std::string text = seconds < 0 ? "-" : "";
  std::int64_t rest = seconds < 0 ? -seconds : seconds;
  int shown = 0;
  for (const Unit& unit : units) {
    if (shown == 2) break;
    if (rest < unit.seconds && !(shown > 0 && rest > 0)) continue;
    const std::int64_t count = rest / unit.seconds;
    rest %= unit.seconds;
    if (count > 0) text += std::to_string(count) + unit.name;
    ++shown;
  }
  return shown == 0 ? "0s" : text;
}

}  // namespace mesh
