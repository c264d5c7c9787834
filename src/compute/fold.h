// The cardinality bound: which names a target may have, and what becomes of the rest.
//
// A client can invent method names, and every name would be a series for ever. So each upstream of
// a target gets at most so many methods and endpoints, and each target so many upstreams (of one
// that counts for several workloads: of all of them together); who comes later is counted under the
// name "other", as the target's own. Sums stay right, because every source counter is
// followed on its own and only its increase is added to "other" (counter_book.h). A name that has
// its place keeps it, so that no total ever moves from one name to another; a place becomes free
// when its last series is dropped.
//
// Where it is known which methods the server declares, places of its callers' calls are kept for
// them: invented names get what is left. Where invented names were there before that was known
// they keep theirs, and there are at most twice as many names as the limit says.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>

#include "compute/declared_by.h"
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

  // From now on these methods, and no others, are known to be declared by the server that is called
  // inbound; null: it is not known which are. Names that have their places keep them.
  void prefer(std::shared_ptr<const MethodNames> declared);

  // Changes when prefer() was told of others: what was folded may have a place of its own now, if
  // it is preferred.
  std::uint64_t preferences() const { return preferences_; }
  bool prefers(const SeriesKey& key) const {
    return is_declared(key.direction, {key.service, key.method});
  }

  const FoldCounts& folded() const { return folded_; }

 private:
  using UpstreamName = std::tuple<Direction, Name, Name, Name>;  // and subset, owner
  static UpstreamName upstream_of(const SeriesKey& key) {
    return {key.direction, key.upstream, key.subset, key.owner};
  }
  using Places = std::map<MethodName, std::size_t>;  // → number of series

  struct Upstream {
    std::size_t series = 0;
    Places declared, methods;  // the latter: all others
    std::map<Name, std::size_t> endpoints;
  };

  bool is_declared(Direction direction, const MethodName& name) const {
    return declared_ && direction == Direction::inbound && declared_->contains(name);
  }
  bool has_room_for(const Upstream& upstream, const SeriesKey& key) const;

  LimitsConfig limits_;
  std::shared_ptr<const MethodNames> declared_;
  std::uint64_t preferences_ = 0;
  std::map<UpstreamName, Upstream> upstreams_;
  FoldCounts folded_{};
};

}  // namespace mesh
