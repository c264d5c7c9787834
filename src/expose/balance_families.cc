// How evenly load falls: the additive parts that merge over nodes, what is computed from them, and
// the verdicts; per upstream from the client's side, per pod and workload from the other.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

#include "expose/families.h"

namespace mesh {
namespace {

using Number = std::optional<double>;
Number as_number(std::uint64_t count) { return static_cast<double>(count); }

Labels labels_of(const TargetState& state, const UpstreamBalance& one) {
  Labels labels(state.target);
  labels.with("upstream", one.upstream).with_subset(one.subset);
  return labels;
}

// One number of each upstream's balance. `number` gives nothing where there is none.
template <class Of>
void each_balance(const Page& page, FamilyBuilder& family, Of number) {
  for (const auto& state : page.snapshot.targets) {
    for (const UpstreamBalance& one : state->balances) {
      if (const Number value = number(one.balance)) family.state(labels_of(*state, one), *value);
    }
  }
}

void requests(const Page& page, FamilyBuilder& family) {
  each_balance(page, family, [](const Balance& one) { return as_number(one.requests); });
}
void requests_squared(const Page& page, FamilyBuilder& family) {
  each_balance(page, family, [](const Balance& one) { return Number(one.requests_squared); });
}
void requests_max(const Page& page, FamilyBuilder& family) {
  each_balance(page, family, [](const Balance& one) { return as_number(one.requests_max); });
}
void endpoints(const Page& page, FamilyBuilder& family) {
  each_balance(page, family, [](const Balance& one) { return as_number(one.endpoints); });
}
void connections(const Page& page, FamilyBuilder& family) {
  each_balance(page, family, [](const Balance& one) { return as_number(one.connections); });
}
void imbalance_ratio(const Page& page, FamilyBuilder& family) {
  each_balance(page, family, [](const Balance& one) { return one.imbalance_ratio; });
}
void effective_endpoints(const Page& page, FamilyBuilder& family) {
  each_balance(page, family, [](const Balance& one) { return one.effective_endpoints; });
}
void requests_per_connection(const Page& page, FamilyBuilder& family) {
  each_balance(page, family, [](const Balance& one) { return one.requests_per_connection; });
}

// All verdicts, one of them 1.
void tell_verdict(const Labels& labels, BalanceVerdict verdict, FamilyBuilder& family) {
  for (std::size_t i = 0; i < balance_verdicts; ++i) {
    const auto one = static_cast<BalanceVerdict>(i);
    Labels own = labels;
    family.state(own.with("verdict", to_string(one)), one == verdict ? 1 : 0);
  }
}

void upstream_verdict(const Page& page, FamilyBuilder& family) {
  for (const auto& state : page.snapshot.targets) {
    for (const UpstreamBalance& one : state->balances) {
      tell_verdict(labels_of(*state, one), one.balance.verdict, family);
    }
  }
}

void pod_requests_total(const Page& page, FamilyBuilder& family) {
  for (const auto& state : page.snapshot.targets) {
    // All that it received, of methods and statuses that are not shown any more as well.
    if (std::ranges::none_of(*state->traffic.keys, is_call_received)) continue;
    family.add(Labels(state->target), state->traffic.calls_received);
  }
}

void pod_connections(const Page& page, FamilyBuilder& family) {
  for (const auto& state : page.snapshot.targets) {
    // A pure client has listeners, too: only who receives calls is told.
    const bool receives = state->received && *state->received > 0;
    if (!receives || !state->inbound_connections) continue;
    family.add(Labels(state->target), *state->inbound_connections);
  }
}

// visit(labels, spread) for each server that tells what came over each of its connections.
template <class Visit>
void each_spread(const Page& page, Visit visit) {
  for (const auto& state : page.snapshot.targets) {
    if (state->connection_spread) visit(Labels(state->target), *state->connection_spread);
  }
}

void server_connections(const Page& page, FamilyBuilder& family) {
  each_spread(page, [&](const Labels& labels, const ConnectionSpread& spread) {
    family.add(labels, spread.open);
  });
}

template <std::uint64_t ConnectionSpread::*count>
void over_the_window(const Page& page, FamilyBuilder& family) {
  each_spread(page, [&](const Labels& labels, const ConnectionSpread& spread) {
    if (spread.window_seconds > 0) family.add(labels, spread.*count);
  });
}

Labels labels_of(const WorkloadBalance& one) {
  Target whose;
  whose.mesh = one.mesh;
  whose.ns = one.ns;
  whose.workload = one.workload;
  return Labels(whose);
}

void workload_imbalance_ratio(const Page& page, FamilyBuilder& family) {
  for (const WorkloadBalance& one : page.snapshot.workload_balances) {
    if (one.balance.imbalance_ratio) family.state(labels_of(one), *one.balance.imbalance_ratio);
  }
}

void workload_verdict(const Page& page, FamilyBuilder& family) {
  for (const WorkloadBalance& one : page.snapshot.workload_balances) {
    tell_verdict(labels_of(one), one.balance.verdict, family);
  }
}

constexpr std::array makers{
    FamilyMaker{"mesh_upstream_balance_requests", requests},
    FamilyMaker{"mesh_upstream_balance_requests_squared", requests_squared},
    FamilyMaker{"mesh_upstream_balance_requests_max", requests_max},
    FamilyMaker{"mesh_upstream_balance_endpoints", endpoints},
    FamilyMaker{"mesh_upstream_balance_connections", connections},
    FamilyMaker{"mesh_upstream_imbalance_ratio", imbalance_ratio},
    FamilyMaker{"mesh_upstream_effective_endpoints", effective_endpoints},
    FamilyMaker{"mesh_upstream_requests_per_connection", requests_per_connection},
    FamilyMaker{"mesh_upstream_balance_verdict", upstream_verdict},
    FamilyMaker{"mesh_pod_grpc_requests_total", pod_requests_total},
    FamilyMaker{"mesh_pod_connections", pod_connections},
    FamilyMaker{"mesh_grpc_server_connections", server_connections},
    FamilyMaker{"mesh_grpc_server_connections_used", over_the_window<&ConnectionSpread::used>},
    FamilyMaker{"mesh_grpc_server_connection_requests", over_the_window<&ConnectionSpread::calls>},
    FamilyMaker{"mesh_grpc_server_connection_requests_max",
                over_the_window<&ConnectionSpread::busiest>},
    FamilyMaker{"mesh_workload_imbalance_ratio", workload_imbalance_ratio},
    FamilyMaker{"mesh_workload_balance_verdict", workload_verdict},
};

}  // namespace

std::span<const FamilyMaker> balance_families() { return makers; }

}  // namespace mesh
