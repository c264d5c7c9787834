// Few calls fit into one HTTP/2 connection: where the number of connections is limited, too, calls
// wait for one another while both sides idle.
#include "compute/findings/all.h"
#include "compute/findings/settings_audit.h"

namespace mesh {
namespace {

// The least that RFC 9113 recommends.
constexpr std::uint64_t fewest = 100;

constexpr std::array remedies{
    Remedy{"istio",
           "set connectionPool.http.maxConcurrentStreams in a DestinationRule of the host, or take "
           "it out; for a listener take it out of the EnvoyFilter that sets it"},
    Remedy{"consul",
           "take max_concurrent_streams out of the envoy_cluster_json, envoy_listener_json or "
           "EnvoyExtension that sets it"},
    Remedy{"", "set http2_protocol_options.max_concurrent_streams to 100 or more, or take it out"},
};

std::optional<SettingsVerdict> judge(const StreamLimits& streams) {
  const std::uint64_t limit = streams.concurrent_streams.value_or(fewest);
  if (limit >= fewest) return std::nullopt;
  SettingsVerdict verdict;
  verdict.words = "lets " + std::to_string(limit) + (limit == 1 ? " call" : " calls") +
                  " at once into one HTTP/2 connection";
  verdict.evidence = {
      {"max_concurrent_streams", static_cast<double>(limit), Unit::count},
      {"recommended", static_cast<double>(fewest), Unit::count},
  };
  return verdict;
}

void find(const Snapshot& snapshot, WallTime, std::vector<Finding>& found) {
  audit_upstreams(
      "stream_limit_low", remedies, snapshot, found,
      [](const UpstreamSettings& settings, const UpstreamReading& reading, const TargetState&) {
        return reading.speaks_http.value_or(false) ? judge(settings.streams) : std::nullopt;
      });
  audit_listeners("stream_limit_low", remedies, snapshot, found,
                  [](const ListenerSettings& settings) { return judge(settings.streams); });
}

}  // namespace

const FindingMaker stream_limit_low{"stream_limit_low",
                                    "Fewer than 100 calls at once may be in one HTTP/2 connection.",
                                    Stated::at_once, find, Among::settings};

}  // namespace mesh
