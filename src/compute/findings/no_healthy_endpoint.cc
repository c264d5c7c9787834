// An upstream that is being called has no endpoint that may be chosen, or so few that its proxy
// panics and calls the bad ones as well.
#include <algorithm>
#include <array>

#include "compute/findings/about_endpoints.h"
#include "compute/findings/all.h"

namespace mesh {
namespace {

// Choices made in panic, of all that were made.
constexpr double least_share = 0.01;

constexpr std::array remedies{
    Remedy{"istio",
           "look at the upstream's pods (kubectl get pods, endpointslices; istioctl proxy-config "
           "endpoints), then at outlierDetection.maxEjectionPercent and minHealthPercent of its "
           "DestinationRule"},
    Remedy{"consul",
           "look at the upstream's instances (consul catalog nodes -service, its checks), then at "
           "passive_health_check.max_ejection_percent of the upstream"},
    Remedy{"linkerd",
           "look at the upstream's pods (kubectl get pods, endpointslices; linkerd diagnostics "
           "endpoints NAME.NAMESPACE.svc.cluster.local:PORT), then at the failure accrual of its "
           "Service (balancer.linkerd.io annotations)"},
    Remedy{
        "",
        "look at the upstream's servers and their health checks, then at max_ejection_percent and "
        "healthy_panic_threshold of the cluster"},
};

std::uint64_t in_state(const Membership& members, EndpointState state) {
  std::uint64_t count = 0;
  for (const EndpointReading* one : members.all) count += one->state == state ? 1 : 0;
  return count;
}

void judge(const TargetState& state, const Pool& pool, const Membership& members,
           std::vector<Finding>& found) {
  const std::uint64_t none = pool.increase(Counted::unhealthy_picks, "none");
  const std::uint64_t panic = pool.increase(Counted::unhealthy_picks, "panic");
  const std::uint64_t attempts = pool.increase(Counted::attempts);
  // Nobody calls it: a deployment of no pods is nobody's trouble.
  if (attempts + none == 0) return;
  const bool has_none = members.all.empty() ? none >= fewest_to_tell : members.ready == 0;
  const bool panics =
      panic >= fewest_to_tell && share_of(panic, std::max(panic, attempts)) >= least_share;
  if (!has_none && !panics) return;
  Finding finding = about_pool("no_healthy_endpoint", Severity::critical, state, pool);
  const std::uint64_t ejected = members.ejected.size();
  const std::uint64_t unhealthy = in_state(members, EndpointState::unhealthy);
  const std::uint64_t draining = in_state(members, EndpointState::draining);
  finding.cause = name_of(pool) + " has " +
                  (has_none ? std::string("no endpoint that may be called")
                            : "only " + std::to_string(members.ready) + " of " +
                                  counted(members.all.size(), "endpoint") + " that may be called");
  if (!members.all.empty()) {
    finding.cause += ": " + std::to_string(ejected) + " ejected, " + std::to_string(unhealthy) +
                     " unhealthy, " + std::to_string(draining) + " draining";
  }
  if (panics) finding.cause += "; calls are sent to all of them regardless";
  finding.evidence = {number("endpoints", members.all.size()),
                      number("ready", members.ready),
                      number("ejected", ejected),
                      number("unhealthy", unhealthy),
                      number("draining", draining),
                      number("requests", attempts),
                      number("chosen_in_panic", panic),
                      number("without_any", none)};
  finding.remedy = remedy_for(state.target.mesh, remedies);
  found.push_back(std::move(finding));
}

void find(const Snapshot& snapshot, WallTime, std::vector<Finding>& found) {
  each_membership(snapshot, [&](const TargetState& state, const Pool& pool,
                                const Membership& members) { judge(state, pool, members, found); });
}

}  // namespace

const FindingMaker no_healthy_endpoint{
    "no_healthy_endpoint",
    "An upstream that is called has no endpoint that may be chosen, or its proxy panics.",
    Stated::at_once, find};

}  // namespace mesh
