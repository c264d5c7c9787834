// Following the counts; see connection_ages.h.
#include "compute/connection_ages.h"

#include <cstddef>

namespace mesh {

void ConnectionAges::enter(const CounterView& traffic, WallTime at) {
  std::map<Upstream, std::uint64_t> totals;
  const std::vector<SeriesKey>& keys = *traffic.keys;
  for (std::size_t i = 0; i < keys.size() && i < traffic.totals.size(); ++i) {
    const SeriesKey& key = keys[i];
    if (key.counted != Counted::connections) continue;
    totals[{key.direction, key.upstream, key.subset}] += traffic.totals[i];
  }
  std::erase_if(upstreams_, [&](const auto& one) { return !totals.contains(one.first); });
  for (const auto& [name, total] : totals) {
    const auto [it, first] = upstreams_.try_emplace(name);
    if (first || it->second.total != total) it->second = {total, at};
  }
}

void ConnectionAges::tell(std::vector<Pool>& pools) const {
  for (Pool& pool : pools) {
    const auto it = upstreams_.find({pool.direction, pool.upstream, pool.subset});
    if (it != upstreams_.end()) pool.none_opened_since = it->second.since;
  }
}

}  // namespace mesh
