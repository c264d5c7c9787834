// Where a name ends and what a value is; see envoy_stats_line.h.
#include "wire/envoy_stats_line.h"

#include <cstddef>

namespace mesh {

std::optional<StatLine> split_stat_line(std::string_view line) {
  std::size_t at = std::string_view::npos;
  if (line.ends_with('"')) at = line.find(": \"");
  if (at == std::string_view::npos) at = line.rfind(stat_separator);
  if (at == std::string_view::npos || at == 0) return std::nullopt;
  return StatLine{line.substr(0, at), line.substr(at + stat_separator.size())};
}

bool is_stat_text(std::string_view value) {
  if (value.size() < 2) return false;
  if (value.front() == '"') return value.back() == '"';
  if (value.front() == 'P' || value.front() == 'B') {
    return value[1] >= '0' && value[1] <= '9' && value.back() == ')';
  }
  return value == "No recorded values";
}

}  // namespace mesh
