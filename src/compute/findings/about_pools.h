// What the findings about connection pools share: the walk over all pools, the floors below which
// nothing is said, and the words.
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "compute/findings.h"
#include "compute/findings/about_target.h"
#include "compute/findings/remedy.h"
#include "model/pool.h"

namespace mesh {

// Below it nobody is woken: a connection breaks and a call is refused now and then in any mesh.
inline constexpr std::uint64_t fewest_to_tell = 5;

// From this share on nothing gets through. Not all of them: one may just be under way.
inline constexpr double nearly_all = 0.8;

// visit(state, pool) for every pool of every target that has a window, and is still answering.
template <class Visit>
void each_pool(const Snapshot& snapshot, Visit visit) {
  for (const auto& state : snapshot.targets) {
    if (!state->up) continue;
    for (const Pool& pool : state->pools) visit(*state, pool);
  }
}

inline Finding about_pool(std::string_view name, Severity severity, const TargetState& state,
                          const Pool& pool) {
  Finding finding = about_target(name, severity, state);
  finding.upstream = pool.upstream;
  finding.subset = pool.subset;
  if (!pool.owner.empty()) {
    finding.whose = workload_target(state.target.mesh, pool.owner);
    finding.where = pool.owner;
  }
  return finding;
}

inline Evidence number(std::string_view name, std::uint64_t value) {
  return {name, static_cast<double>(value), Unit::count};
}

inline double share_of(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

// "users.shop:50051", or what answers the pod's own calls.
inline std::string name_of(const Pool& pool) {
  if (pool.direction == Direction::inbound) return "the pod's own application";
  if (pool.upstream.empty()) return "addresses outside of the mesh";
  return pool.subset.empty() ? pool.upstream : pool.upstream + " (subset " + pool.subset + ")";
}

// "12.5 %"
inline std::string percent(double share) {
  char text[32];
  std::snprintf(text, sizeof text, share < 0.1 ? "%.1f %%" : "%.0f %%", share * 100);
  return text;
}

// "1 call", "7 calls"
inline std::string counted(std::uint64_t number, std::string_view one) {
  return std::to_string(number) + " " + std::string(one) + (number == 1 ? "" : "s");
}

inline void add_use(Finding& finding, std::string_view active, std::string_view limit,
                    const Use& use) {
  finding.evidence.push_back(number(active, use.active));
  if (use.limit) finding.evidence.push_back(number(limit, *use.limit));
}

// Calls that a limit refused.
inline std::uint64_t refused_calls(const Pool& pool) {
  return pool.increase(Counted::overflows, "pending") +
         pool.increase(Counted::overflows, "requests") +
         pool.increase(Counted::overflows, "pools") +
         (pool.now.speaks_http.value_or(true) ? 0
                                              : pool.increase(Counted::overflows, "connections"));
}

// Whether calls wait although each connection could take more of them if the server allowed it: no
// further connection may be opened, and those that are open have as many streams as they may.
inline bool waits_for_streams(const Pool& pool) {
  const Use& connections = pool.now.connections;
  const bool full = (connections.limit && connections.active >= *connections.limit) ||
                    pool.has_open("connections");
  return pool.now.speaks_http.value_or(false) && full && pool.now.pending.active > 0 &&
         pool.now.requests.active > connections.active;
}

}  // namespace mesh
