// Nobody takes a failing pod out of an upstream's balancing: it keeps its share of the calls, and
// an upstream that balances by open requests sends it more, since failing is quick.
#include <algorithm>

#include "compute/findings/all.h"
#include "compute/findings/settings_audit.h"

namespace mesh {
namespace {

constexpr std::array remedies{
    Remedy{"istio",
           "set trafficPolicy.outlierDetection in a DestinationRule of the host, such as "
           "consecutive5xxErrors: 5, interval: 10s, baseEjectionTime: 30s, maxEjectionPercent: 50"},
    Remedy{"consul",
           "set UpstreamConfig.Defaults.PassiveHealthCheck in the service-defaults of the caller, "
           "such as MaxFailures = 5, Interval = \"10s\""},
    Remedy{"",
           "set outlier_detection of the cluster, such as consecutive_5xx: 5, interval: 10s, "
           "base_ejection_time: 30s, max_ejection_percent: 50"},
};

void find(const Snapshot& snapshot, WallTime, std::vector<Finding>& found) {
  audit_upstreams(
      "no_outlier_detection", remedies, snapshot, found,
      [](const UpstreamSettings& settings, const UpstreamReading&, const TargetState& state) {
        std::optional<SettingsVerdict> verdict;
        if (settings.outlier_detection) return verdict;
        const auto endpoints =
            std::ranges::count_if(state.endpoints, [&](const EndpointReading& one) {
              return one.direction == Direction::outbound && one.upstream == settings.upstream &&
                     one.subset == settings.subset;
            });
        // Without another one there is nothing to choose.
        if (endpoints < 2) return verdict;
        verdict.emplace();
        verdict->words = "has " + std::to_string(endpoints) +
                         " endpoints and no outlier detection: one that fails keeps its share";
        verdict->evidence = {{"endpoints", static_cast<double>(endpoints), Unit::count}};
        return verdict;
      });
}

}  // namespace

const FindingMaker no_outlier_detection{
    "no_outlier_detection", "An endpoint that fails every call is not taken out of an upstream.",
    Stated::at_once, find, Among::settings};

}  // namespace mesh
