// All calls go to one pod, or to few: something on the way balances connections, and HTTP/2 sends
// every call over the connection it has. Seen from the client's sidecar, and from the pods that
// receive.
#include <algorithm>
#include <utility>

#include "compute/findings/all.h"
#include "compute/findings/balance_evidence.h"
#include "compute/findings/remedy.h"

namespace mesh {
namespace {

constexpr std::array remedies{
    Remedy{"istio",
           "declare the Service's port as gRPC (name it grpc-…, or appProtocol: grpc), so that the "
           "sidecar balances requests; until then limit maxRequestsPerConnection in a "
           "DestinationRule"},
    Remedy{"linkerd",
           "take the port out of config.linkerd.io/opaque-ports and skip-outbound-ports, so that "
           "the proxy balances requests"},
    Remedy{"consul",
           "set protocol = \"grpc\" in the service-defaults of the service, so that the sidecar "
           "balances requests"},
    Remedy{"proxyless",
           "let the client balance by round_robin: "
           "{\"loadBalancingConfig\":[{\"round_robin\":{}}]} in "
           "its service config, and a name that resolves to all endpoints (dns:/// of a headless "
           "Service)"},
    Remedy{
        "",
        "put a layer-7 proxy (or client-side round_robin) before the service; until then let its "
        "gRPC server close connections by max_connection_age, so that they spread anew"},
};

Finding pinned(const Target& whose, std::string where, const Balance& balance, double window) {
  Finding finding{
      "traffic_pinned", Severity::warning, whose, std::move(where), "", "", "", "", {}, "", {}};
  finding.evidence = balance_evidence(balance, window);
  finding.remedy = remedy_for(whose.mesh, remedies);
  return finding;
}

// How long at least its connections have been open: what is not closed now and then pins.
void add_age(Finding& finding, const TargetState& state, WallTime now) {
  for (const Pool& pool : state.pools) {
    const bool its = pool.direction == Direction::outbound && pool.upstream == finding.upstream &&
                     pool.subset == finding.subset;
    if (!its || !pool.none_opened_since || pool.now.connections.active == 0) continue;
    const double age = unix_seconds(now) - unix_seconds(*pool.none_opened_since);
    finding.evidence.push_back({"youngest_connection", std::max(0.0, age), Unit::seconds});
  }
}

void find_at_clients(const Snapshot& snapshot, WallTime now, std::vector<Finding>& found) {
  for (const auto& state : snapshot.targets) {
    for (const UpstreamBalance& one : state->balances) {
      if (one.balance.verdict != BalanceVerdict::connection_pinned) continue;
      Finding finding =
          pinned(state->target, target_id(state->target), one.balance, one.window_seconds);
      finding.upstream = one.upstream;
      finding.subset = one.subset;
      add_age(finding, *state, now);
      finding.cause = busiest_in_words(one.balance, "endpoints") + ": ";
      finding.cause += one.balancer == "pick_first"
                           ? "its gRPC library keeps one connection (pick_first)"
                           : "requests follow connections";
      found.push_back(std::move(finding));
    }
  }
}

// How the busiest pod's calls spread over its connections, where its application tells.
void add_connections(Finding& finding, const Snapshot& snapshot, const WorkloadBalance& one) {
  for (const auto& state : snapshot.targets) {
    const Target& target = state->target;
    const bool is_busiest = target.ns == one.ns && target.workload == one.workload &&
                            target.mesh == one.mesh && target.pod == one.balance.busiest;
    if (!is_busiest || !state->connection_spread) continue;
    const ConnectionSpread& spread = *state->connection_spread;
    if (spread.window_seconds <= 0) continue;
    finding.evidence.push_back({"connections_used", static_cast<double>(spread.used), Unit::count});
    finding.evidence.push_back(
        {"busiest_connection_requests", static_cast<double>(spread.busiest), Unit::count});
  }
}

std::string cause_of(const WorkloadBalance& one) {
  if (one.forwarded_by.empty()) return "requests follow connections";
  if (one.forwarded_with.empty()) {
    return one.forwarded_by + " forwards " + one.forwarded_as +
           " as plain TCP and so balances connections, not calls";
  }
  return one.forwarded_by + " calls " + one.forwarded_as + " by " + one.forwarded_with +
         ", which keeps one connection";
}

void find_at_workloads(const Snapshot& snapshot, std::vector<Finding>& found) {
  for (const WorkloadBalance& one : snapshot.workload_balances) {
    if (one.balance.verdict != BalanceVerdict::connection_pinned) continue;
    Target whose;
    whose.mesh = one.mesh;
    whose.ns = one.ns;
    whose.workload = one.workload;
    Finding finding =
        pinned(whose, qualified(one.ns, one.workload), one.balance, one.window_seconds);
    finding.cause = busiest_in_words(one.balance, "pods here") + ": ";
    finding.cause += cause_of(one);
    add_connections(finding, snapshot, one);
    found.push_back(std::move(finding));
  }
}

void find(const Snapshot& snapshot, WallTime now, std::vector<Finding>& found) {
  find_at_clients(snapshot, now, found);
  find_at_workloads(snapshot, found);
}

}  // namespace

const FindingMaker traffic_pinned{
    "traffic_pinned",
    "Calls go to few of the endpoints because connections are balanced, and HTTP/2 keeps one.",
    Stated::after_a_window, find, Among::upstreams};

}  // namespace mesh
