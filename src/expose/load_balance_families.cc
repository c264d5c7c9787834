// Load balance: what each client's sidecar sends to each endpoint of each upstream.
#include <array>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <tuple>

#include "compute/fold.h"
#include "expose/families.h"

namespace mesh {
namespace {

struct Upstream {
  Direction direction;
  std::string name, subset;
  auto operator<=>(const Upstream&) const = default;
};

// Under which names a target's endpoints are exported. Its request counters were folded to the
// configured limits (compute/fold.h); what else is said per endpoint follows them, so that one
// endpoint has one name in all families and the bound holds for each.
class EndpointNames {
 public:
  explicit EndpointNames(const CounterView& requests) {
    for (const SeriesKey& key : *requests.keys) {
      if (key.counted == Counted::endpoint_requests) {
        addresses_[{key.direction, key.upstream, key.subset}].insert(key.detail);
      }
    }
  }

  Upstream upstream(const EndpointReading& endpoint) const {
    const Upstream own{endpoint.direction, endpoint.upstream, endpoint.subset};
    const Upstream folded{endpoint.direction, std::string(folded_name), ""};
    return !addresses_.contains(own) && addresses_.contains(folded) ? folded : own;
  }

  std::string_view address(const EndpointReading& endpoint, const Upstream& upstream) const {
    const auto known = addresses_.find(upstream);
    if (known == addresses_.end() || known->second.contains(endpoint.address)) {
      return endpoint.address;
    }
    return known->second.contains(folded_name) ? folded_name : std::string_view(endpoint.address);
  }

 private:
  std::map<Upstream, std::set<std::string, std::less<>>> addresses_;
};

Labels upstream_labels(const TargetState& state, std::string_view upstream,
                       std::string_view subset) {
  Labels labels(state.target);
  labels.with("upstream", upstream).with_subset(subset);
  return labels;
}

void add_endpoint(const Page& page, std::string_view address, Labels& labels) {
  const PodName* pod = page.snapshot.discovery->pods.of_endpoint(address);
  labels.with("endpoint", address).with("endpoint_pod", pod ? pod->pod : "");
}

void endpoint_total(const Page& page, FamilyBuilder& family, Counted counted) {
  each_counter(page.snapshot, &TargetState::endpoint_requests, &CounterView::totals, counted,
               [&](const TargetState& state, const SeriesKey& key, std::uint64_t total) {
                 Labels labels = upstream_labels(state, key.upstream, key.subset);
                 add_endpoint(page, key.detail, labels);
                 family.add(labels, total);
               });
}

void endpoint_requests_total(const Page& page, FamilyBuilder& family) {
  endpoint_total(page, family, Counted::endpoint_requests);
}
void endpoint_failures_total(const Page& page, FamilyBuilder& family) {
  endpoint_total(page, family, Counted::endpoint_failures);
}
void endpoint_connections_opened_total(const Page& page, FamilyBuilder& family) {
  endpoint_total(page, family, Counted::endpoint_connections);
}

void endpoint_connections(const Page& page, FamilyBuilder& family) {
  for (const auto& state : page.snapshot.targets) {
    const EndpointNames names(state->endpoint_requests);
    for (const EndpointReading& endpoint : state->endpoints) {
      const Upstream upstream = names.upstream(endpoint);
      Labels labels = upstream_labels(*state, upstream.name, upstream.subset);
      add_endpoint(page, names.address(endpoint, upstream), labels);
      family.add(labels, endpoint.connections_active);
    }
  }
}

struct StateName {
  EndpointState state;
  std::string_view name;
};
constexpr std::array endpoint_states{
    StateName{EndpointState::ready, "ready"},
    StateName{EndpointState::ejected, "ejected"},
    StateName{EndpointState::unhealthy, "unhealthy"},
    StateName{EndpointState::draining, "draining"},
};

using StateCounts = std::map<EndpointState, std::uint64_t>;

// Of upstreams of which the proxy tells how many endpoints they have, but not which.
std::map<Upstream, StateCounts> counted_endpoints(const TargetState& state,
                                                  const EndpointNames& names) {
  std::map<Upstream, StateCounts> upstreams;
  for (const EndpointCount& one : state.endpoint_counts) {
    EndpointReading any;
    any.upstream = one.upstream;
    upstreams[names.upstream(any)][one.state] += one.count;
  }
  return upstreams;
}

void upstream_endpoints(const Page& page, FamilyBuilder& family) {
  for (const auto& state : page.snapshot.targets) {
    const EndpointNames names(state->endpoint_requests);
    std::map<Upstream, StateCounts> upstreams;
    for (const EndpointReading& endpoint : state->endpoints) {
      ++upstreams[names.upstream(endpoint)][endpoint.state];
    }
    // A balancer that counts its endpoints knows also those that were not called yet.
    for (auto& [upstream, counts] : counted_endpoints(*state, names)) {
      upstreams[upstream] = std::move(counts);
    }
    for (auto& [upstream, counts] : upstreams) {
      for (const auto& [value, name] : endpoint_states) {
        Labels labels = upstream_labels(*state, upstream.name, upstream.subset);
        family.add(labels.with("state", name), counts[value]);
      }
    }
  }
}

constexpr std::array makers{
    FamilyMaker{"mesh_upstream_endpoint_requests_total", endpoint_requests_total},
    FamilyMaker{"mesh_upstream_endpoint_failures_total", endpoint_failures_total},
    FamilyMaker{"mesh_upstream_endpoint_connections_opened_total",
                endpoint_connections_opened_total},
    FamilyMaker{"mesh_upstream_endpoint_connections", endpoint_connections},
    FamilyMaker{"mesh_upstream_endpoints", upstream_endpoints},
};

}  // namespace

std::span<const FamilyMaker> load_balance_families() { return makers; }

}  // namespace mesh
