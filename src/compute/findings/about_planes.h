// What the findings about control planes share: what they counted in the window, by what.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "compute/findings/about_pools.h"
#include "model/series.h"
#include "model/snapshot.h"

namespace mesh {

// Detail → increase over the window, of one kind; without those that did not move.
inline std::map<std::string, std::uint64_t> increases_of(const TargetState& state,
                                                         Counted counted) {
  std::map<std::string, std::uint64_t> all;
  const CounterView& counters = state.traffic;
  for (std::size_t i = 0; i < counters.keys->size() && i < counters.increases.size(); ++i) {
    const SeriesKey& key = (*counters.keys)[i];
    if (key.counted == counted && counters.increases[i] > 0) {
      all[key.detail] += counters.increases[i];
    }
  }
  return all;
}

// Whether it tells what became of requests for certificates.
inline bool tells_issuances(const TargetState& state) {
  return state.plane && std::ranges::any_of(*state.traffic.keys, [](const SeriesKey& key) {
           return key.counted == Counted::issuances;
         });
}

}  // namespace mesh
