// Connections to an upstream live for ever. Then a certificate that was replaced stays in use, and
// where connections are balanced somewhere on the way a new pod never gets a call.
#include "compute/findings/all.h"
#include "compute/findings/settings_audit.h"

namespace mesh {
namespace {

constexpr std::array remedies{
    Remedy{"istio",
           "set connectionPool.tcp.maxConnectionDuration (such as 30m) or "
           "connectionPool.http.maxRequestsPerConnection (such as 10000) in a DestinationRule of "
           "the host"},
    Remedy{"consul",
           "set max_connection_duration in common_http_protocol_options of the upstream's cluster "
           "by an envoy_cluster_json, or by an EnvoyExtension of type builtin/property-override "
           "in the proxy-defaults"},
    Remedy{"",
           "set common_http_protocol_options of the cluster: max_connection_duration (such as "
           "1800s) or max_requests_per_connection (such as 10000)"},
};

void find(const Snapshot& snapshot, WallTime, std::vector<Finding>& found) {
  audit_upstreams(
      "no_connection_cycling", remedies, snapshot, found,
      [](const UpstreamSettings& settings, const UpstreamReading& reading, const TargetState&) {
        std::optional<SettingsVerdict> verdict;
        // Bytes of a protocol that the proxy does not know cannot be moved to another connection.
        if (settings.cycles_connections || !reading.speaks_http.value_or(false)) return verdict;
        verdict.emplace();
        verdict->words =
            "keeps its connections for ever: no number of requests and no time ends one";
        verdict->evidence = {
            {"connections", static_cast<double>(reading.connections.active), Unit::count}};
        return verdict;
      });
}

}  // namespace

const FindingMaker no_connection_cycling{
    "no_connection_cycling", "Connections to an upstream are never replaced by new ones.",
    Stated::at_once, find, Among::settings};

}  // namespace mesh
