// The connection pools of a target: what is in use of each, and what was counted of it over the
// window, brought together under the name by which it is exported.
//
// The counters of a target were folded to the configured limits (compute/fold.h); what is in use
// follows them, so that one upstream has one name in all families and the bound holds for each.
// Clusters that come out under one name are one pool: what they have in use is added up, and their
// limits where all of them have one.
#pragma once

#include <cstdint>
#include <vector>

#include "model/pool.h"
#include "model/snapshot.h"

namespace mesh {

// In the order of direction, upstream, subset and owner.
std::vector<Pool> pools_of(const CounterView& traffic,
                           const std::vector<UpstreamReading>& upstreams,
                           const std::vector<TcpOpen>& tcp_open = {});

// Connections that could not be made and did not time out: refused, reset or failed at TLS.
// `all` and `timeout` are read one after the other: never less than nothing.
constexpr std::uint64_t refused_or_reset(std::uint64_t all, std::uint64_t timeout) {
  return all > timeout ? all - timeout : 0;
}

}  // namespace mesh
