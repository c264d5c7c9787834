// One line of Envoy's text /stats, taken apart (the grammar is in envoy_stats.h).
#pragma once

#include <optional>
#include <string_view>

namespace mesh {

// Stands between a name and its value.
inline constexpr std::string_view stat_separator = ": ";

struct StatLine {
  std::string_view name, value;
};

// The same line is always split the same way: one that ends in a quote ends its name at the first
// `: "`, any other one at the last ": " (a name may hold a colon: the clients of a proxy choose
// gRPC paths). Nothing if there is no name or nothing after it.
std::optional<StatLine> split_stat_line(std::string_view line);

// "…", P0(…) …, B0.5(…) … or the words for an empty histogram.
bool is_stat_text(std::string_view value);

}  // namespace mesh
