// Connection pools: what is in use of them and how much may be, what their limits refused, and what
// failed on the way to the upstreams.
#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string_view>
#include <tuple>
#include <vector>

#include "compute/pools.h"
#include "expose/families.h"

namespace mesh {
namespace {

Labels labels_of(const TargetState& state, std::string_view upstream, std::string_view subset) {
  Labels labels(state.target);
  labels.with("upstream", upstream).with_subset(subset);
  return labels;
}

// visit(state, pool) for each of which is told what it has in use.
template <class Visit>
void each_told(const Page& page, Visit visit) {
  for (const auto& state : page.snapshot.targets) {
    for (const Pool& pool : state->pools) {
      if (pool.is_told) visit(*state, pool);
    }
  }
}

template <Use UpstreamReading::*use>
void active(const Page& page, FamilyBuilder& family) {
  each_told(page, [&](const TargetState& state, const Pool& pool) {
    family.add(labels_of(state, pool.upstream, pool.subset), (pool.now.*use).active);
  });
}

template <Use UpstreamReading::*use>
void limit(const Page& page, FamilyBuilder& family) {
  each_told(page, [&](const TargetState& state, const Pool& pool) {
    if (const auto& most = (pool.now.*use).limit) {
      family.add(labels_of(state, pool.upstream, pool.subset), *most);
    }
  });
}

void requests_active(const Page& page, FamilyBuilder& family) {
  each_told(page, [&](const TargetState& state, const Pool& pool) {
    if (!pool.now.tells_requests) return;
    family.add(labels_of(state, pool.upstream, pool.subset), pool.now.requests.active);
  });
}

void retries_active(const Page& page, FamilyBuilder& family) {
  each_told(page, [&](const TargetState& state, const Pool& pool) {
    if (!pool.now.tells_retries) return;
    family.add(labels_of(state, pool.upstream, pool.subset), pool.now.retries.active);
  });
}

void circuit_breaker_open(const Page& page, FamilyBuilder& family) {
  each_told(page, [&](const TargetState& state, const Pool& pool) {
    if (!pool.now.tells_requests) return;
    for (const std::string_view priority : {"default", "high"}) {
      if (priority == "high" && !pool.now.uses_high_priority) continue;
      for (const std::string_view resource :
           {"connections", "pools", "pending", "requests", "retries"}) {
        bool open = false;
        for (const OpenBreaker& one : pool.now.open_breakers) {
          open |= one.priority == priority && one.resource == resource;
        }
        Labels labels = labels_of(state, pool.upstream, pool.subset);
        labels.with("priority", priority).with("resource", resource);
        family.state(labels, open ? 1 : 0);
      }
    }
  });
}

// Totals of one kind; its detail becomes the label, where it has one.
// What `detail` of a counter of upstreams is called as a label; "": it has none.
constexpr std::string_view label_of(Counted counted) {
  switch (counted) {
    case Counted::overflows: return "resource";
    case Counted::ejections:
    case Counted::recycled: return "reason";
    case Counted::unhealthy_picks:
    case Counted::timeouts: return "kind";
    case Counted::retries: return "result";
    default: return "";
  }
}

template <Counted counted>
void totals(const Page& page, FamilyBuilder& family) {
  each_counter(page.snapshot, &TargetState::traffic, &CounterView::totals, counted,
               [&](const TargetState& state, const SeriesKey& key, std::uint64_t total) {
                 Labels labels = labels_of(state, key.upstream, key.subset);
                 if (!label_of(counted).empty()) labels.with(label_of(counted), key.detail);
                 family.add(labels, total);
               });
}

// Of callers, with whatever upstream: there is none.
void denials(const Page& page, FamilyBuilder& family) {
  each_counter(page.snapshot, &TargetState::traffic, &CounterView::totals, Counted::tcp_closed,
               [&](const TargetState& state, const SeriesKey& key, std::uint64_t total) {
                 if (key.direction == Direction::outbound || key.detail != "denied") return;
                 Labels labels(state.target, key.owner);
                 labels.with("mode", "enforced").with_ztunnel(state.target, key.owner);
                 family.add(labels, total);
               });
  each_counter(page.snapshot, &TargetState::traffic, &CounterView::totals, Counted::denials,
               [&](const TargetState& state, const SeriesKey& key, std::uint64_t total) {
                 Labels labels(state.target);
                 labels.with("mode", key.detail).with_ztunnel(state.target, key.owner);
                 family.add(labels, total);
               });
}

void by_security(const Page& page, FamilyBuilder& family) {
  each_counter(page.snapshot, &TargetState::traffic, &CounterView::totals, Counted::by_security,
               [&](const TargetState& state, const SeriesKey& key, std::uint64_t total) {
                 Labels labels(state.target);
                 labels.with("direction", to_string(key.direction));
                 labels.with("upstream", key.upstream).with_subset(key.subset);
                 family.add(labels.with("security", key.detail), total);
               });
}

void tls_failures(const Page& page, FamilyBuilder& family) {
  each_counter(page.snapshot, &TargetState::traffic, &CounterView::totals, Counted::tls_failures,
               [&](const TargetState& state, const SeriesKey& key, std::uint64_t total) {
                 Labels labels(state.target);
                 labels.with("direction", to_string(key.direction));
                 labels.with("upstream", key.upstream).with_subset(key.subset);
                 family.add(labels.with("reason", key.detail), total);
               });
}

// All failures and the timeouts among them are counted; what is left was refused or reset.
void connect_failures(const Page& page, FamilyBuilder& family) {
  struct Counts {
    std::uint64_t all = 0, timeout = 0;
  };
  for (const auto& state : page.snapshot.targets) {
    std::map<std::tuple<Direction, std::string_view, std::string_view>, Counts> upstreams;
    const CounterView& counters = state->traffic;
    for (std::size_t i = 0; i < counters.keys->size() && i < counters.totals.size(); ++i) {
      const SeriesKey& key = (*counters.keys)[i];
      if (key.counted != Counted::connect_failures) continue;
      Counts& counts = upstreams[{key.direction, key.upstream, key.subset}];
      (key.detail == "timeout" ? counts.timeout : counts.all) += counters.totals[i];
    }
    for (const auto& [name, counts] : upstreams) {
      const auto& [direction, upstream, subset] = name;
      family.add(labels_of(*state, upstream, subset).with("reason", "timeout"), counts.timeout);
      family.add(labels_of(*state, upstream, subset).with("reason", "refused_or_reset"),
                 refused_or_reset(counts.all, counts.timeout));
    }
  }
}

constexpr std::array makers{
    FamilyMaker{"mesh_upstream_connections", active<&UpstreamReading::connections>},
    FamilyMaker{"mesh_upstream_connections_limit", limit<&UpstreamReading::connections>},
    FamilyMaker{"mesh_upstream_requests_active", requests_active},
    FamilyMaker{"mesh_upstream_requests_active_limit", limit<&UpstreamReading::requests>},
    FamilyMaker{"mesh_upstream_requests_pending", active<&UpstreamReading::pending>},
    FamilyMaker{"mesh_upstream_requests_pending_limit", limit<&UpstreamReading::pending>},
    FamilyMaker{"mesh_upstream_retries_active", retries_active},
    FamilyMaker{"mesh_upstream_retries_limit", limit<&UpstreamReading::retries>},
    FamilyMaker{"mesh_upstream_circuit_breaker_open", circuit_breaker_open},
    FamilyMaker{"mesh_upstream_overflows_total", totals<Counted::overflows>},
    FamilyMaker{"mesh_upstream_connect_failures_total", connect_failures},
    FamilyMaker{"mesh_upstream_tls_failures_total", tls_failures},
    FamilyMaker{"mesh_upstream_ejections_total", totals<Counted::ejections>},
    FamilyMaker{"mesh_upstream_unhealthy_picks_total", totals<Counted::unhealthy_picks>},
    FamilyMaker{"mesh_upstream_stream_limit_refusals_total", totals<Counted::stream_refusals>},
    FamilyMaker{"mesh_upstream_timeouts_total", totals<Counted::timeouts>},
    FamilyMaker{"mesh_policy_denials_total", denials},
    FamilyMaker{"mesh_requests_by_security_total", by_security},
    FamilyMaker{"mesh_upstream_requests_total", totals<Counted::attempts>},
    FamilyMaker{"mesh_upstream_retries_total", totals<Counted::retries>},
    FamilyMaker{"mesh_upstream_connections_opened_total", totals<Counted::connections>},
    FamilyMaker{"mesh_upstream_connections_recycled_total", totals<Counted::recycled>},
};

}  // namespace

std::span<const FamilyMaker> connection_families() { return makers; }

}  // namespace mesh
