// How young the youngest connection to each upstream can be: no proxy tells the age of its open
// connections, but it counts those that it opens. Since the last look at which that count grew none
// was opened, so whatever is open now is at least so old. Calls follow old connections to the pods
// that were there when they were made.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "base/clock.h"
#include "model/pool.h"
#include "model/series.h"
#include "model/snapshot.h"

namespace mesh {

// One per target. Not thread-safe.
class ConnectionAges {
 public:
  // Once a poll. What is not among the counters any more is forgotten.
  void enter(const CounterView& traffic, WallTime at);

  // Writes Pool::none_opened_since, where anything was counted.
  void tell(std::vector<Pool>& pools) const;

 private:
  using Upstream = std::tuple<Direction, Name, Name>;  // direction, upstream, subset
  struct Opened {
    std::uint64_t total = 0;
    WallTime since;
  };

  std::map<Upstream, Opened> upstreams_;
};

}  // namespace mesh
