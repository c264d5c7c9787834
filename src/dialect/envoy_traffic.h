// From Envoy's statistics to counters in mesh-neutral words.
//
// The reader below it learns the layout of the answer, this one what each line of that layout
// means; while the layout stays, a poll is one loop over numbers. What a line means depends on
// which clusters exist (envoy_names.h): the list of /clusters, together with the clusters that name
// themselves in the same answer.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "dialect/envoy_names.h"
#include "model/readings.h"
#include "model/series.h"
#include "wire/envoy_stats.h"

namespace mesh {

// Whether anything moved at a cluster: a digest of its request, connection and membership numbers.
struct ClusterActivity {
  std::string cluster;  // in stat_form
  std::uint64_t digest = 0;

  bool operator==(const ClusterActivity&) const = default;
};

struct EnvoyTrafficReport {
  CounterBlock counters;
  std::vector<ClusterActivity> activity;  // of every cluster that names itself in the answer
  std::optional<std::uint64_t> server_state, server_uptime;
  std::optional<Heap> heap;
  std::uint64_t ambiguous = 0;  // statistics whose method or cluster cannot be told
};

// True if a source of `before` is gone or lower in `now`.
bool any_fell(const CounterBlock& before, const CounterBlock& now);

// One per target. Not thread-safe.
class EnvoyTraffic {
 public:
  // Reads a body of the text form of /stats.
  void read(std::string body);

  // What the last read() found, before any meaning, and who knows the names in it.
  const StatsReader& reader() const { return reader_; }
  const StatsAnswer& answer() const { return answer_; }
  // The poll is over: what was read is let go of, what was learnt stays. REQUIRES: nothing is asked
  // of this before the next read().
  void let_go();

  // The clusters of /clusters, in stat_form. Kept for this and all later answers.
  void know_clusters(NameSet clusters);

  // REQUIRES: read() before.
  EnvoyTrafficReport report();

 private:
  enum class Kind : std::uint8_t {
    ignored,
    counter,
    buckets,
    state,
    uptime,
    memory_allocated,
    memory_reserved
  };

  // What a name means.
  struct Meaning {
    Kind kind = Kind::ignored;
    bool ambiguous = false;
    std::string cluster;  // whose activity it is as well, in stat_form
    SeriesKey key;
  };

  // What a line of the layout feeds. There is one for every line of the answer, so it is small.
  struct Line {
    Kind kind = Kind::ignored;
    std::uint32_t buckets : 24 = 0;  // a line has no room for more
    std::uint32_t index = 0;         // of a series, or the first of its buckets'
  };

  // A number that tells whether anything moved at a cluster.
  struct Move {
    std::uint32_t position;  // in answer_.values
    std::uint32_t activity;  // in active_
  };

  void learn();
  void learn_names();
  Line learn_line(std::uint32_t slot, std::uint32_t position, std::string_view histogram);
  Meaning recall_or_find(std::uint32_t slot) const;
  Meaning meaning_of(std::string_view name) const;
  Meaning grpc_meaning(std::string_view cluster, std::string_view rest) const;
  bool has_room(std::size_t bytes) const;
  void add_raw(const std::string& source, std::uint32_t scope, SeriesKey key);
  std::uint32_t merge(SeriesKey key);
  std::uint32_t activity_of(const std::string& cluster);
  bool layout_holds();

  std::string body_;
  StatsReader reader_;
  StatsAnswer answer_;

  NameSet listed_, known_;  // from /clusters; these and the self-evident ones
  std::uint64_t generation_ = 0;
  bool learnt_ = false;

  // By remembered slot: the series that its name means, so that it need not be found again. Only of
  // names that mean one series of their own beyond doubt: everything else is found again.
  static constexpr std::uint32_t unknown = UINT32_MAX;
  std::vector<std::uint32_t> meant_, newly_meant_;

  std::vector<Line> lines_, text_lines_;  // as answer_.slots and answer_.texts
  std::shared_ptr<const std::vector<Series>> series_;
  std::vector<Series> new_series_;
  std::size_t raw_bytes_ = 0;                              // of the names of new_series_
  std::unordered_map<std::string, std::uint32_t> merged_;  // sources beyond the bound
  std::vector<std::string> active_;
  std::vector<Move> moves_;
  std::unordered_map<std::string, std::uint32_t> activity_index_;
  std::uint64_t ambiguous_ = 0;
  std::vector<StatBucket> buckets_;
};

}  // namespace mesh
