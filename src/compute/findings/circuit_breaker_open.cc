// A circuit breaker stands open look after look: the next call will be refused. One that refuses
// calls already is told by pool_exhausted.
#include <array>

#include "compute/findings/about_pools.h"
#include "compute/findings/all.h"

namespace mesh {
namespace {

constexpr std::array remedies{
    Remedy{
        "istio",
        "find out why calls stay open (mesh_grpc_request_duration_seconds, the server's load); the "
        "limits are in connectionPool of the upstream's DestinationRule"},
    Remedy{
        "consul",
        "find out why calls stay open (mesh_grpc_request_duration_seconds, the server's load); the "
        "limits are in limits of the upstream"},
    Remedy{
        "",
        "find out why calls stay open (mesh_grpc_request_duration_seconds, the server's load); the "
        "limits are in circuit_breakers.thresholds of the cluster"},
};

// To be at the limit of connections or pools is how many an HTTP pool is meant to work: calls share
// what is open.
bool is_grave(const Pool& pool, const OpenBreaker& breaker) {
  const bool is_http = pool.now.speaks_http.value_or(true);
  return !is_http || (breaker.resource != "connections" && breaker.resource != "pools");
}

const Use* use_of(const Pool& pool, const OpenBreaker& breaker) {
  if (breaker.priority != "default") return nullptr;  // limits are told of this one only
  if (breaker.resource == "requests") return &pool.now.requests;
  if (breaker.resource == "pending") return &pool.now.pending;
  if (breaker.resource == "connections") return &pool.now.connections;
  return nullptr;
}

void find(const Snapshot& snapshot, WallTime, std::vector<Finding>& found) {
  each_pool(snapshot, [&](const TargetState& state, const Pool& pool) {
    if (refused_calls(pool) >= fewest_to_tell) return;
    for (const OpenBreaker& breaker : pool.now.open_breakers) {
      if (!is_grave(pool, breaker)) continue;
      if (pool.increase(Counted::overflows, breaker.resource) >= fewest_to_tell) continue;
      Finding finding = about_pool("circuit_breaker_open", Severity::warning, state, pool);
      finding.subject = breaker.resource + " (" + breaker.priority + ")";
      finding.cause = "the circuit breaker for " + breaker.resource + " to " + name_of(pool) +
                      " is open (priority " + breaker.priority + ")";
      if (const Use* use = use_of(pool, breaker)) {
        add_use(finding, "in_use", "limit", *use);
        finding.cause += ": " + std::to_string(use->active) + " in use";
        if (use->limit) finding.cause += " of " + std::to_string(*use->limit);
      }
      finding.evidence.push_back(
          number("overflows", pool.increase(Counted::overflows, breaker.resource)));
      finding.remedy = remedy_for(state.target.mesh, remedies);
      found.push_back(std::move(finding));
    }
  });
}

}  // namespace

const FindingMaker circuit_breaker_open{
    "circuit_breaker_open", "A circuit breaker stands open: the next call will be refused.",
    Stated::after_a_window, find};

}  // namespace mesh
