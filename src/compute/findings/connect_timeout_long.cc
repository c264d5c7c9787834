// A connection may take long to fail: a pod that is gone without a trace, as after the death of a
// node, then holds each call that is sent there for all that time.
#include "compute/findings/all.h"
#include "compute/findings/settings_audit.h"

namespace mesh {
namespace {

constexpr std::uint64_t longest_ms = 5'000;

constexpr std::array remedies{
    Remedy{"istio",
           "set trafficPolicy.connectionPool.tcp.connectTimeout in a DestinationRule of the host, "
           "or meshConfig.connectTimeout for all: 1s is long within a cluster"},
    Remedy{"consul",
           "set ConnectTimeout in a service-resolver of the service: 1s is long within a "
           "datacenter"},
    Remedy{"", "set connect_timeout of the cluster: 1s is long within a data center"},
};

void find(const Snapshot& snapshot, WallTime, std::vector<Finding>& found) {
  audit_upstreams("connect_timeout_long", remedies, snapshot, found,
                  [](const UpstreamSettings& settings, const UpstreamReading&, const TargetState&) {
                    std::optional<SettingsVerdict> verdict;
                    if (settings.connect_timeout_ms <= longest_ms) return verdict;
                    const double seconds = static_cast<double>(settings.connect_timeout_ms) / 1000;
                    verdict.emplace();
                    verdict->words =
                        "has " + std::to_string(settings.connect_timeout_ms / 1000) +
                        " s to connect: for so long a call may hang on a pod that is gone";
                    verdict->evidence = {{"connect_timeout", seconds, Unit::seconds},
                                         {"limit", longest_ms / 1000.0, Unit::seconds}};
                    return verdict;
                  });
}

}  // namespace

const FindingMaker connect_timeout_long{
    "connect_timeout_long", "A connection to an upstream may take more than 5 s to fail.",
    Stated::at_once, find, Among::settings};

}  // namespace mesh
