// Rounding and escaping; see human.h.
#include "expose/human.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "base/utf8.h"

namespace mesh {
namespace {

std::string print(const char* format, double number) {
  std::array<char, 64> text;
  const int length = std::snprintf(text.data(), text.size(), format, number);
  return {text.data(), static_cast<std::size_t>(length)};
}

struct Pair {
  std::uint64_t large;  // in seconds
  const char* large_name;
  std::uint64_t small;
  const char* small_name;
};

constexpr std::array pairs{
    Pair{86400, " d", 3600, " h"},
    Pair{3600, " h", 60, " min"},
    Pair{60, " min", 1, " s"},
};

}  // namespace

std::string human_seconds(double seconds) {
  // A clock that was set back shows as no time at all; past a thousand years nobody reads on.
  constexpr double most = 1000.0 * 365 * 86400;
  seconds = std::clamp(seconds, 0.0, most);
  if (seconds < 0.00995) return print("%.1f ms", seconds * 1e3);
  if (seconds < 0.9995) return print("%.0f ms", seconds * 1e3);
  if (seconds < 59.95) return print("%.1f s", seconds);
  const auto whole = static_cast<std::uint64_t>(seconds + 0.5);
  const auto fits = [&](const Pair& pair) { return whole >= pair.large; };
  const Pair& pair = *std::ranges::find_if(pairs, fits);
  return std::to_string(whole / pair.large) + pair.large_name + " " +
         std::to_string(whole % pair.large / pair.small) + pair.small_name;
}

std::string human_bytes(std::uint64_t bytes) {
  if (bytes < 1000) return std::to_string(bytes) + " B";
  const auto number = static_cast<double>(bytes);
  if (number < 999'950) return print("%.1f kB", number / 1e3);
  if (number < 999'950'000) return print("%.1f MB", number / 1e6);
  return print("%.1f GB", number / 1e9);
}

std::string html_text(std::string_view text, std::size_t most) {
  std::string safe;
  for (const char c : shown_on_one_line(text, most)) {
    switch (c) {
      case '&': safe += "&amp;"; break;
      case '<': safe += "&lt;"; break;
      case '>': safe += "&gt;"; break;
      case '"': safe += "&quot;"; break;
      case '\'': safe += "&#39;"; break;
      default: safe += c; break;
    }
  }
  return safe;
}

}  // namespace mesh
