// The cardinality bound: which names a target may have, and what becomes of the rest.
//
// A client can invent method names, and every name would be a series for ever. So each upstream of
// a target gets at most so many methods and endpoints, and each target so many upstreams (of one
// that counts for several workloads: of all of them together); who comes later is counted under the
// name "other", as the target's own. Sums stay right, because every source counter is
// followed on its own and only its increase is added to "other" (counter_book.h). A name that has
// its place keeps it, so that no total ever moves from one name to another; a place becomes free
// when its last series is dropped.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <tuple>

#include "config/config.h"
#include "model/series.h"

namespace mesh {

inline constexpr std::string_view folded_name = "other";

// How many sources were folded since start, indexed by Counted.
using FoldCounts = std::array<std::uint64_t, counted_kinds>;

// One per target, shared by its counter books. Not thread-safe.
class Folder {
 public:
  explicit Folder(const LimitsConfig& limits) : limits_(limits) {}

  // The key under which a source is exported: its own, or one with "other" in the place of what is
  // over the limit. Changes nothing but the fold counts; take the place with hold().
  SeriesKey place(const SeriesKey& key);

  // A series with this (placed) key exists from now on / no longer. Calls come in pairs.
  void hold(const SeriesKey& placed);
  void drop(const SeriesKey& placed);

  const FoldCounts& folded() const { return folded_; }

 private:
  using UpstreamName = std::tuple<Direction, Name, Name, Name>;  // and subset, owner
  static UpstreamName upstream_of(const SeriesKey& key) {
    return {key.direction, key.upstream, key.subset, key.owner};
  }
  using MethodName = std::pair<Name, Name>;

  struct Upstream {
    std::size_t series = 0;
    std::map<MethodName, std::size_t> methods;  // → number of series
    std::map<Name, std::size_t> endpoints;
  };

  LimitsConfig limits_;
  std::map<UpstreamName, Upstream> upstreams_;
  FoldCounts folded_{};
};

}  // namespace mesh
