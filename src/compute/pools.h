// The connection pool of each upstream of a target: what it has in use, and what was counted of it
// in the window, brought together under the name by which it is exported.
//
// The counters of a target were folded to the configured limits (compute/fold.h); what is in use
// follows them, so that one upstream has one name in all families and the bound holds for each.
// Clusters that come out under one name are one pool: what they have in use is added up, and their
// limits where all of them have one.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/snapshot.h"

namespace mesh {

struct Pool {
  Direction direction = Direction::outbound;
  std::string upstream, subset;

  // False: nothing was told of what is in use (a proxy whose admin port is closed).
  bool is_told = false;
  UpstreamReading now;  // added up

  // Over the window; nothing before it has two samples.
  std::map<std::pair<Counted, std::string>, std::uint64_t> increases;

  // Of one kind: with one detail, or of all details together.
  std::uint64_t increase(Counted counted, std::string_view detail) const;
  std::uint64_t increase(Counted counted) const;
  bool has_open(std::string_view resource) const;
};

// In the order of direction, upstream and subset.
std::vector<Pool> pools_of(const TargetState& state);

// Connections that could not be made and did not time out: refused, reset or failed at TLS.
// `all` and `timeout` are read one after the other: never less than nothing.
constexpr std::uint64_t refused_or_reset(std::uint64_t all, std::uint64_t timeout) {
  return all > timeout ? all - timeout : 0;
}

}  // namespace mesh
