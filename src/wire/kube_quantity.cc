// A number, then a suffix of powers of 1000 or 1024, or an exponent.
#include "wire/kube_quantity.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"

namespace mesh {
namespace {

constexpr std::array<std::pair<std::string_view, double>, 16> suffixes{{
    {"", 1},
    {"n", 1e-9},
    {"u", 1e-6},
    {"m", 1e-3},
    {"k", 1e3},
    {"M", 1e6},
    {"G", 1e9},
    {"T", 1e12},
    {"P", 1e15},
    {"E", 1e18},
    {"Ki", 1024.0},
    {"Mi", 1048576.0},
    {"Gi", 0x1p30},
    {"Ti", 0x1p40},
    {"Pi", 0x1p50},
    {"Ei", 0x1p60},
}};

bool is_plain_number(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789.") == std::string_view::npos;
}

}  // namespace

std::optional<double> parse_kube_quantity(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  const std::size_t end = std::min(text.find_first_not_of("0123456789."), text.size());
  const std::string_view suffix = text.substr(end);
  if (end == 0) return std::nullopt;
  const auto found = std::ranges::find(suffixes, suffix, &decltype(suffixes)::value_type::first);
  if (found != suffixes.end()) {
    const auto number = parse_double(text.substr(0, end));
    return number ? std::optional(*number * found->second) : std::nullopt;
  }
  // "1e9" and "1E9": E alone was a suffix.
  if (!suffix.starts_with('e') && !suffix.starts_with('E')) return std::nullopt;
  std::string_view exponent = suffix.substr(1);
  if (exponent.starts_with('+') || exponent.starts_with('-')) exponent.remove_prefix(1);
  if (!is_plain_number(exponent)) return std::nullopt;
  return parse_double(text);
}

}  // namespace mesh
