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

using Place = std::tuple<Direction, Name, Name, Name>;  // direction, upstream, subset, owner
using Pools = std::map<Place, Pool>;

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

// Where the counters of `own` went.
Pool& pool_at(Pools& pools, const Place& own) {
  const Place folded{std::get<Direction>(own), folded_name, "", ""};
  return pools[!pools.contains(own) && pools.contains(folded) ? folded : own];
}

}  // namespace

std::vector<Pool> pools_of(const CounterView& traffic,
                           const std::vector<UpstreamReading>& upstreams,
                           const std::vector<TcpOpen>& tcp_open) {
  Pools pools;
  const std::vector<SeriesKey>& keys = *traffic.keys;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const SeriesKey& key = keys[i];
    if (!is_of_pool(key.counted)) continue;
    Pool& pool = pools[{key.direction, key.upstream, key.subset, key.owner}];
    const bool moved = i < traffic.increases.size() && traffic.increases[i] > 0;
    if (moved) pool.increases[{key.counted, key.detail}] += traffic.increases[i];
  }
  for (const UpstreamReading& reading : upstreams) {
    add(pool_at(pools, {reading.direction, reading.upstream, reading.subset, ""}), reading);
  }
  for (const TcpOpen& one : tcp_open) {
    Pool& pool = pool_at(pools, {one.direction, one.upstream, "", one.owner});
    pool.tcp_open = pool.tcp_open.value_or(0) + one.connections;
  }
  std::vector<Pool> list;
  for (auto& [place, pool] : pools) {
    const auto& [direction, upstream, subset, owner] = place;
    pool.direction = direction;
    pool.upstream = upstream.str();
    pool.subset = subset.str();
    pool.owner = owner.str();
    list.push_back(std::move(pool));
  }
  return list;
}

}  // namespace mesh
