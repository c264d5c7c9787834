// The endpoints of each upstream, as the findings about them look at them.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "compute/findings/about_pools.h"

namespace mesh {

struct Membership {
  std::vector<const EndpointReading*> all, ejected;
  std::uint64_t ready = 0;
};

// The endpoints of one pool; of one that was folded none, for it stands for many upstreams.
class Memberships {
 public:
  explicit Memberships(const TargetState& state) {
    for (const EndpointReading& one : state.endpoints) {
      Membership& of = by_name_[{one.direction, one.upstream, one.subset}];
      of.all.push_back(&one);
      if (one.state == EndpointState::ejected) of.ejected.push_back(&one);
      if (one.state == EndpointState::ready) ++of.ready;
    }
  }

  const Membership& of(const Pool& pool) const {
    static const Membership none;
    const auto it = by_name_.find({pool.direction, pool.upstream, pool.subset});
    return it == by_name_.end() ? none : it->second;
  }

 private:
  std::map<std::tuple<Direction, std::string, std::string>, Membership> by_name_;
};

// visit(state, pool, its endpoints)
template <class Visit>
void each_membership(const Snapshot& snapshot, Visit visit) {
  for (const auto& state : snapshot.targets) {
    if (!state->up) continue;
    const Memberships memberships(*state);
    for (const Pool& pool : state->pools) visit(*state, pool, memberships.of(pool));
  }
}

}  // namespace mesh
