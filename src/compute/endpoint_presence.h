// Since when each endpoint of a target's upstreams is there, and when it last could not be chosen:
// a pod that joined in the middle of the window cannot have had its share of it.
#pragma once

#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "base/clock.h"
#include "model/readings.h"

namespace mesh {

// One per target. Not thread-safe.
class EndpointPresence {
 public:
  // How an endpoint was there between `from` and the last look.
  struct Presence {
    bool joined_or_left = false;  // not at every moment
    bool was_barred = false;      // not ready at some moment
  };

  // Enters what a look showed. Forgets endpoints that are gone for longer than `remembered`.
  void enter(const std::vector<EndpointReading>& endpoints, Instant at, Duration remembered);

  Presence of(const Name& upstream, const Name& subset, const Name& address, Instant from) const;

 private:
  using Key = std::tuple<Name, Name, Name>;  // upstream, subset, address
  static constexpr Instant never = Instant::min();
  struct Entry {
    Instant joined = never;  // never: it was there at the first look
    Instant barred = never;  // last seen so
    Instant seen;
  };

  bool first_ = true;
  Instant last_look_;
  std::map<Key, Entry> entries_;
};

}  // namespace mesh
