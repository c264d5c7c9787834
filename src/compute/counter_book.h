// The CounterBook: counters that never run backwards, and exact increases over a window.
//
// A proxy's counters are only as lasting as the proxy. A restart, a replaced cluster (Consul does
// that at every certificate rotation), an evicted idle series (Linkerd), a re-added endpoint: each
// begins again from nothing, and may have passed its former value before the next poll, so that a
// decrease alone does not tell. The book accumulates increases instead, by these rules:
//
//   1. The first complete answer is the seed: totals start at the values it gives.
//   2. A source that was in the last complete answer of the same life of the process has grown by
//      the difference of the two values; if the value fell, by the new value.
//   3. A source that was absent from the last complete answer counts from zero: it has grown by its
//      whole value. The same holds for every source after a restart (a new incarnation), and for
//      the buckets of a histogram of which one fell.
//   4. An answer of which some lines could not be read is not complete: a source that is missing
//      from it keeps its last value, so that one bad line costs nothing but itself. Only as many
//      as one answer may bring are kept so (limits::raw_series_per_target), the last seen first.
//
// So nothing but what was lost with a process after our last look at it is ever missing, and
// nothing is counted twice. A total whose sources are gone for longer than stale_after is hidden,
// not forgotten: when it returns, it goes on.
//
// The window: increases between the newest answer and the oldest one kept that is not older than
// the window; both ends are real samples, nothing is extrapolated. None before two samples exist.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "compute/fold.h"
#include "compute/packed_increases.h"
#include "compute/series_table.h"
#include "model/series.h"
#include "model/snapshot.h"

namespace mesh {

struct WindowConfig {
  Duration window{};
  Duration slack{};  // how much older than the window its first sample may be
  Duration stale_after{};
};

// One per block of counters of one target. Not thread-safe.
class CounterBook {
 public:
  CounterBook(const CounterBook&) = delete;
  CounterBook& operator=(const CounterBook&) = delete;

  // Borrows the folder, which all books of the target share, for its lifetime.
  CounterBook(const WindowConfig& config, Folder& folder);

  // Enters one answer, read at `at`. REQUIRES: `at` not before the last one's.
  void enter(const CounterBlock& answer, std::uint64_t incarnation, Instant at);

  // The totals that are visible at `now`, as a value of their own.
  CounterView view(Instant now);

 private:
  using Index = SeriesTable::Entry;
  struct Checkpoint {
    Instant at;
    PackedIncreases grown;  // since the one before; empty in the first
  };

  // What each series of an answer had in the last one; nothing where it was not there.
  using Previous = std::vector<std::optional<std::uint64_t>>;

  CounterBlock with_missing(const CounterBlock& block) const;
  Previous learn(const CounterBlock& block);
  void add_increases(const CounterBlock& block, const Previous& previous, bool from_nothing);
  void keep_checkpoint(Instant at);
  Index entry_for(const SeriesKey& key);
  bool stays(Index entry, const SeriesKey& key) const;
  void drop_stale(Instant at);
  void forget_retired();
  void choose_visible(Instant now);
  void move_checkpoints(const std::vector<std::optional<Index>>& new_index);

  WindowConfig config_;
  Folder& folder_;

  // The last complete answer.
  bool seeded_ = false;
  std::uint64_t incarnation_ = 0;
  Instant last_at_;
  std::shared_ptr<const std::vector<Series>> series_;
  std::vector<std::uint64_t> values_;
  std::vector<Index> entry_of_;    // per series
  std::uint64_t preferences_ = 0;  // of the folder, when the series were placed

  // Entries: one per exported key, columns.
  SeriesTable keys_;
  std::vector<std::uint64_t> totals_;
  std::vector<Instant> last_seen_;
  std::vector<bool> held_;                   // takes a place in the folder
  std::uint64_t received_of_forgotten_ = 0;  // calls

  // Of the entries, at the first checkpoint and at the last. One beyond their ends was not yet
  // known: zero.
  std::vector<std::uint64_t> window_start_, last_checkpoint_;
  std::deque<Checkpoint> checkpoints_;

  // The keys last handed out, and which entries they are: reused while nothing changed.
  std::shared_ptr<const std::vector<SeriesKey>> visible_keys_;
  std::vector<Index> visible_;
};

}  // namespace mesh
