// The ResourceBook: what looks at a sidecar's control group say over time.
//
// A restarted container, or service, has a new group, and everything that the kernel counts begins
// again. The rules are those of compute/counter_book.h, with a look in the place of an answer: the
// first look is the seed; a counter of the same group has grown by the difference; one of another
// group counts from zero; what a look does not tell keeps its value, is hidden once it was not told
// for stale_after, and goes on when it returns. A kill that took the group with it between two
// looks is lost, as calls are that a proxy counted just before it died.
//
// Where another source tells of the group from now on, its first look is a seed again: both count
// the same. What a kubelet said is hidden when it was not heard for stale_after, or for four of its
// paces if that is longer: nobody says that it will not be asked any more.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>

#include "base/clock.h"
#include "model/resources.h"

namespace mesh {

// One per target. Not thread-safe.
class ResourceBook {
 public:
  // `remembered` is how long a kill counts as recent.
  ResourceBook(Duration stale_after, Duration remembered)
      : stale_after_(stale_after), remembered_(remembered) {}

  // REQUIRES: `at` not before the last one's.
  void enter(const CgroupLook& look, Instant at, WallTime wall);

  // Nothing before the first look.
  std::optional<SidecarResources> state(Instant now) const;

 private:
  struct Counter {
    std::optional<CgroupReading::Count> last;
    ResourceSource source = ResourceSource::cgroup;  // of `last`
    std::uint64_t total = 0;
    Instant seen{};
  };
  struct Kills {
    Instant at;
    std::uint64_t count;
  };

  // How much it grew; 0 if this is the first that was ever told.
  static std::uint64_t enter(Counter& counter, const CgroupReading::Count& count,
                             ResourceSource source, Instant at);
  // For how long what was seen is shown.
  Duration shown_for() const;
  void note_kills(std::uint64_t count, Instant at, WallTime wall);

  Duration stale_after_, remembered_;
  bool looked_ = false;
  Instant last_look_{};
  SidecarResources now_;
  PerResourceCounter<Counter> counters_{};
  std::deque<Kills> kills_;  // at most one a minute
};

}  // namespace mesh
