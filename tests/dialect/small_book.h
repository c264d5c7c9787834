// What an answer adds to a count, by the rules of compute/counter_book.h: a source that is new, or
// fell, counts whole, the others by what they grew; one that is missing from an incomplete answer
// is as it was.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <utility>

#include "model/series.h"

namespace mesh {

class SmallBook {
 public:
  std::uint64_t more(const CounterBlock& block,
                     const std::function<bool(const SeriesKey&)>& is_meant) {
    std::uint64_t more = 0;
    std::map<std::string, std::uint64_t> now;
    if (!block.complete) now = last_;
    for (std::size_t i = 0; i < block.series->size(); ++i) {
      const auto& [source, scope, key] = (*block.series)[i];
      const std::uint64_t value = block.values[i];
      now[source] = value;
      if (!is_meant(key)) continue;
      const std::uint64_t before = last_.contains(source) ? last_[source] : 0;
      more += value >= before ? value - before : value;
    }
    last_ = std::move(now);
    return more;
  }

 private:
  std::map<std::string, std::uint64_t> last_;
};

}  // namespace mesh
