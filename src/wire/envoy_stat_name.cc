// One pass: of "://", ":/" and ":" the longest that fits becomes one underscore.
#include "wire/envoy_stat_name.h"

namespace mesh {

std::string envoy_stat_name(std::string_view observability_name) {
  std::string name;
  name.reserve(observability_name.size());
  for (std::string_view rest = observability_name; !rest.empty();) {
    if (rest.front() != ':') {
      name += rest.front();
      rest.remove_prefix(1);
      continue;
    }
    name += '_';
    rest.remove_prefix(rest.starts_with("://") ? 3 : rest.starts_with(":/") ? 2 : 1);
  }
  while (name.ends_with('.')) name.pop_back();
  return name;
}

}  // namespace mesh
