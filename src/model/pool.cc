// Looking up what was counted of a pool.
#include "model/pool.h"

#include <algorithm>

namespace mesh {

std::uint64_t Pool::increase(Counted counted, std::string_view detail) const {
  const auto it = increases.find({counted, std::string(detail)});
  return it == increases.end() ? 0 : it->second;
}

std::uint64_t Pool::increase(Counted counted) const {
  std::uint64_t sum = 0;
  for (auto it = increases.lower_bound({counted, ""});
       it != increases.end() && it->first.first == counted; ++it) {
    sum += it->second;
  }
  return sum;
}

bool Pool::has_open(std::string_view resource) const {
  return std::ranges::find(now.open_breakers, resource, &OpenBreaker::resource) !=
         now.open_breakers.end();
}

}  // namespace mesh
