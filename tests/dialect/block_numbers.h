// The counters of a block as a ledger has them: one number for each method and detail.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "model/series.h"

namespace mesh {

using Numbers = std::map<std::string, std::uint64_t>;  // by "Service/Method DETAIL"

inline Numbers numbers(const CounterBlock& block, Counted counted, Direction direction,
                       std::string_view upstream) {
  Numbers found;
  for (std::size_t i = 0; i < block.series->size(); ++i) {
    const SeriesKey& key = (*block.series)[i].key;
    if (key.counted != counted || key.direction != direction || key.upstream != upstream) continue;
    if (block.values[i] == 0) continue;
    std::string name = key.method.empty() ? "" : key.service + "/" + key.method + " ";
    found[name + key.detail] += block.values[i];
  }
  return found;
}

}  // namespace mesh
