// A small flow control window: a large message, or a stream of many, stops again and again to wait
// for the receiver's leave to go on, one round trip each time.
#include <algorithm>

#include "compute/findings/all.h"
#include "compute/findings/settings_audit.h"

namespace mesh {
namespace {

constexpr std::uint64_t least_bytes = 1024 * 1024;

constexpr std::array remedies{
    Remedy{"istio",
           "take initial_stream_window_size and initial_connection_window_size out of the "
           "EnvoyFilter that sets them, or set them to 1 MiB or more"},
    Remedy{"consul",
           "take initial_stream_window_size and initial_connection_window_size out of the "
           "envoy_cluster_json, envoy_listener_json or EnvoyExtension that sets them, or set them "
           "to 1 MiB or more"},
    Remedy{"",
           "set http2_protocol_options.initial_stream_window_size and "
           "initial_connection_window_size to 1 MiB or more where messages are large, or take "
           "them out"},
};

std::optional<SettingsVerdict> judge(const StreamLimits& streams) {
  const std::uint64_t stream = streams.stream_window_bytes.value_or(least_bytes);
  const std::uint64_t connection = streams.connection_window_bytes.value_or(least_bytes);
  if (std::min(stream, connection) >= least_bytes) return std::nullopt;
  SettingsVerdict verdict;
  verdict.words = "receives " + std::to_string(std::min(stream, connection)) +
                  (stream <= connection ? " bytes of a stream" : " bytes of a connection") +
                  " before the sender must wait: large messages are slow";
  if (streams.stream_window_bytes) {
    verdict.evidence.push_back({"stream_window", static_cast<double>(stream), Unit::bytes});
  }
  if (streams.connection_window_bytes) {
    verdict.evidence.push_back({"connection_window", static_cast<double>(connection), Unit::bytes});
  }
  return verdict;
}

void find(const Snapshot& snapshot, WallTime, std::vector<Finding>& found) {
  audit_upstreams(
      "window_small", remedies, snapshot, found,
      [](const UpstreamSettings& settings, const UpstreamReading& reading, const TargetState&) {
        return reading.speaks_http.value_or(false) ? judge(settings.streams) : std::nullopt;
      });
  audit_listeners("window_small", remedies, snapshot, found,
                  [](const ListenerSettings& settings) { return judge(settings.streams); });
}

}  // namespace

const FindingMaker window_small{"window_small", "An HTTP/2 flow control window is set below 1 MiB.",
                                Stated::at_once, find, Among::settings};

}  // namespace mesh
