// No number of requests at once is too many for an upstream: a slow one then fills the caller's
// memory with calls that wait, and takes its callers down with it.
#include "compute/findings/all.h"
#include "compute/findings/settings_audit.h"

namespace mesh {
namespace {

constexpr std::array remedies{
    Remedy{"istio",
           "set trafficPolicy.connectionPool in a DestinationRule of the host: "
           "http.http2MaxRequests and http.http1MaxPendingRequests to what its pods can hold, "
           "tcp.maxConnections"},
    Remedy{"consul",
           "set UpstreamConfig.Defaults.Limits in the service-defaults of the caller: "
           "MaxConcurrentRequests, MaxPendingRequests, MaxConnections"},
    Remedy{"",
           "set circuit_breakers.thresholds of the cluster: max_requests, max_pending_requests and "
           "max_connections to what its pods can hold"},
};

void find(const Snapshot& snapshot, WallTime, std::vector<Finding>& found) {
  audit_upstreams(
      "breaker_unlimited", remedies, snapshot, found,
      [](const UpstreamSettings& settings, const UpstreamReading& reading, const TargetState&) {
        std::optional<SettingsVerdict> verdict;
        // Where bytes are forwarded there are no requests to count.
        const bool forwards = !reading.speaks_http.value_or(true);
        if (forwards ? !settings.unlimited_connections : !settings.unlimited_requests) {
          return verdict;
        }
        const int unlimited = settings.unlimited_connections + settings.unlimited_pending +
                              settings.unlimited_requests;
        verdict.emplace();
        verdict->words = std::string("has a circuit breaker without a limit on ") +
                         (forwards ? "connections" : "requests") +
                         ": a slow upstream piles up calls here";
        verdict->evidence = {
            {"unlimited", static_cast<double>(unlimited), Unit::count},
            {"requests_active", static_cast<double>(reading.requests.active), Unit::count}};
        return verdict;
      });
}

}  // namespace

const FindingMaker breaker_unlimited{"breaker_unlimited",
                                     "A circuit breaker is set so high that it never opens.",
                                     Stated::at_once, find, Among::settings};

}  // namespace mesh
