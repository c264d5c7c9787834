// Bringing readings and counters together; the rule about names is told in pools.h.
#include "compute/pools.h"

#include <algorithm>
#include <map>
#include <string>
#include <tuple>
#include <utility>

#include "compute/fold.h"

namespace mesh {
namespace {

using Owner = std::tuple<Direction, Name, Name>;  // direction, upstream, subset

// What is counted of an upstream as a whole.
bool is_of_pool(Counted counted) {
  return counted == Counted::resets || counted >= Counted::attempts;
}

void add(Use& sum, const Use& one, bool first) {
  sum.active += one.active;
  if (first) {
    sum.limit = one.limit;
  } else if (sum.limit && one.limit) {
    *sum.limit += *one.limit;
  } else {
    sum.limit.reset();
  }
}

void add(Pool& pool, const UpstreamReading& one) {
  const bool first = !pool.is_told;
  pool.is_told = true;
  add(pool.now.connections, one.connections, first);
  add(pool.now.requests, one.requests, first);
  add(pool.now.pending, one.pending, first);
  add(pool.now.retries, one.retries, first);
  pool.now.tells_requests = pool.now.tells_requests && one.tells_requests;
  pool.now.tells_retries = (first || pool.now.tells_retries) && one.tells_retries;
  pool.now.uses_high_priority |= one.uses_high_priority;
  for (const OpenBreaker& breaker : one.open_breakers) {
    if (std::ranges::find(pool.now.open_breakers, breaker) == pool.now.open_breakers.end()) {
      pool.now.open_breakers.push_back(breaker);
    }
  }
  if (one.speaks_http)
    pool.now.speaks_http = pool.now.speaks_http.value_or(false) || *one.speaks_http;
}

}  // namespace

std::vector<Pool> pools_of(const CounterView& traffic,
                           const std::vector<UpstreamReading>& upstreams) {
  std::map<Owner, Pool> pools;
  const std::vector<SeriesKey>& keys = *traffic.keys;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const SeriesKey& key = keys[i];
    if (!is_of_pool(key.counted)) continue;
    Pool& pool = pools[{key.direction, key.upstream, key.subset}];
    const bool moved = i < traffic.increases.size() && traffic.increases[i] > 0;
    if (moved) pool.increases[{key.counted, key.detail}] += traffic.increases[i];
  }
  for (const UpstreamReading& reading : upstreams) {
    const Owner own{reading.direction, reading.upstream, reading.subset};
    const Owner folded{reading.direction, folded_name, ""};
    const bool is_folded = !pools.contains(own) && pools.contains(folded);
    add(pools[is_folded ? folded : own], reading);
  }
  std::vector<Pool> list;
  for (auto& [owner, pool] : pools) {
    pool.direction = std::get<0>(owner);
    pool.upstream = std::get<1>(owner).str();
    pool.subset = std::get<2>(owner).str();
    list.push_back(std::move(pool));
  }
  return list;
}

}  // namespace mesh
