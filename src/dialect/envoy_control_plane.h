// What Envoy's statistics say about its control plane: which connections there are, and what became
// of the updates that came over them. Seen on running Envoys (1.36.2 and 1.40.0):
//
//   control_plane.connected_state                      of ADS
//   cluster_manager.cds.control_plane.connected_state  of a connection of its own; so too below
//     listener_manager.lds, http.<prefix>.rds.<table>, sds.<secret> and cluster.<name>
//   <the same>.update_(attempt|success|rejected|failure), .update_time (ms; 0 before the first)
//
// The gauge is there, and 0, when the connection could never be made: Envoy sets it at each
// failure, so `usedonly` does not hide it. It is 1 from the moment a stream is begun, though: a
// control plane that drops packets, or accepts and is silent, shows 1 while it is tried
// (compute/control_plane_book.h makes sense of that). A secret from a file has the counters and no
// connection. A proxy without any of this has no control plane.
//
// Of endpoints (eds) only what was rejected is asked for: it is a line where there was one and none
// elsewhere, while attempts, successes and times of 1 000 clusters make 468 kB of an answer of 235
// (seen with 1.40.0), and the success of a DNS look-up is counted under the same name. What an
// accepted update did shows in membership_change. Once a rejection is on record, the clusters'
// update_time is asked for as well (318 kB), for that is how a later good update shows.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/control_plane.h"
#include "wire/envoy_stats.h"

namespace mesh {

// One per target: learns the layout of the answer as EnvoyTraffic does. Not thread-safe.
class EnvoyControlPlane {
 public:
  // What the answer that `reader` has just read says.
  ControlPlaneReading report(const StatsReader& reader, const StatsAnswer& answer);

  // Whether the next answer should tell the clusters' update_time.
  bool wants_endpoint_times() const { return endpoints_rejected_; }

 private:
  enum class Fact : std::uint8_t {
    connected,
    attempts,
    accepted,
    rejected,
    failed,
    last_update,
    expires
  };
  struct Line {
    std::uint32_t position;  // in answer.values
    Fact fact;
    std::uint32_t index;  // of the link or resource
  };
  using Owner = std::pair<ConfigKind, std::string>;

  void learn(const StatsReader& reader, const StatsAnswer& answer);
  void learn_line(std::string_view name, std::uint32_t position);
  void learn_addition(std::string_view name, std::uint32_t position);
  void add_link(const Owner& owner, std::uint32_t position);
  void add_fact(const Owner& owner, Fact fact, std::uint32_t position);

  std::uint64_t layout_ = 0;  // that was learnt
  bool endpoints_rejected_ = false;
  std::vector<Line> lines_;
  ControlPlaneReading empty_;  // the names, without numbers
  std::map<Owner, std::uint32_t> resources_;
};

}  // namespace mesh
