// Pods of one workload side by side; see workload_balance.h.
#include "compute/workload_balance.h"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <tuple>
#include <utility>

namespace mesh {
namespace {

// Whether the balancer itself sends more to some, for whatever reason: pods that get less have
// fewer connections, then, and nothing is pinned.
bool is_uneven(BalanceVerdict verdict) {
  switch (verdict) {
    case BalanceVerdict::balanced:
    case BalanceVerdict::too_little_traffic:
    case BalanceVerdict::connection_pinned: return false;
    case BalanceVerdict::weighted:
    case BalanceVerdict::locality:
    case BalanceVerdict::ejected:
    case BalanceVerdict::warming:
    case BalanceVerdict::uneven: return true;
  }
  return false;
}

// Who sends to it, as far as the sidecars of this node tell. Services and workloads have different
// names more often than not, so a proxy that chooses per request is recognised by its numbers: it
// sent most of what the busiest pod received to one endpoint of an upstream that is just as uneven.
void look_at_callers(const Snapshot& snapshot, WorkloadBalance& one) {
  std::uint64_t busiest = 0;
  for (const EndpointLoad& pod : one.pods) busiest = std::max(busiest, pod.requests);
  for (const auto& state : snapshot.targets) {
    for (const UpstreamBalance& upstream : state->balances) {
      const bool sends_most = upstream.balance.requests_max >= busiest / 2 && busiest > 0;
      if (upstream.chosen == Chosen::per_request && is_uneven(upstream.balance.verdict) &&
          sends_most) {
        one.chosen = Chosen::per_request;
      }
      const bool forwards = upstream.chosen == Chosen::per_connection;
      if (!forwards || !names_workload(upstream.upstream, one.ns, one.workload)) continue;
      if (one.forwarded_by.empty()) {
        one.forwarded_by = target_id(state->target);
        one.forwarded_as = upstream.upstream;
        one.forwarded_with = upstream.balancer;
      }
    }
  }
  if (!one.forwarded_by.empty()) one.chosen = Chosen::per_connection;
}

using WorkloadName = std::pair<std::string_view, std::string_view>;

// Those whose calls a proxy counts. What their applications count are the same calls.
std::set<WorkloadName> counted_by_proxies(const Snapshot& snapshot) {
  std::set<WorkloadName> names;
  for (const auto& state : snapshot.targets) {
    const Target& target = state->target;
    if (tells_of_itself(target.mesh) || state->received.value_or(0) == 0) continue;
    names.emplace(target.ns, target.workload);
  }
  return names;
}

}  // namespace

bool names_workload(const std::string& upstream, const std::string& ns,
                    const std::string& workload) {
  if (!upstream.starts_with(workload)) return false;
  const std::string rest = upstream.substr(workload.size());
  if (rest.empty() || rest.starts_with(':')) return true;
  if (!rest.starts_with('.')) return false;
  const bool in_its_namespace = rest.starts_with("." + ns + ".") || rest == "." + ns;
  return ns.empty() || in_its_namespace;
}

std::vector<WorkloadBalance> workload_balances(const Snapshot& snapshot,
                                               const BalanceRules& rules) {
  const std::set<WorkloadName> by_proxies = counted_by_proxies(snapshot);
  std::map<std::tuple<std::string, std::string, std::string>, WorkloadBalance> workloads;
  for (const auto& state : snapshot.targets) {
    const Target& target = state->target;
    if (target.workload.empty() || !state->received) continue;
    if (tells_of_itself(target.mesh) && by_proxies.contains({target.ns, target.workload})) continue;
    WorkloadBalance& one = workloads[{target.mesh, target.ns, target.workload}];
    EndpointLoad pod;
    pod.name = target.pod;
    pod.requests = *state->received;
    pod.connections = state->inbound_connections.value_or(0);
    const double window = state->traffic.window_seconds;
    pod.joined_or_left =
        !state->up || (state->proxy && state->proxy->started && state->uptime_seconds < window);
    one.window_seconds = std::max(one.window_seconds, window);
    one.pods.push_back(std::move(pod));
  }
  std::vector<WorkloadBalance> balances;
  for (auto& [name, one] : workloads) {
    if (one.pods.size() < 2) continue;
    std::tie(one.mesh, one.ns, one.workload) = name;
    look_at_callers(snapshot, one);
    one.balance = judge_balance(one.pods, one.chosen, rules);
    balances.push_back(std::move(one));
  }
  return balances;
}

}  // namespace mesh
