// A proxy that asking would hurt: its answers are slow, or larger than the agent takes, so it is
// asked less often (compute/pace.h). What is known of it is older than people expect, and a proxy
// whose main thread is slow to answer is slow to take new configuration and certificates, too.
#include <array>
#include <chrono>
#include <cstdio>
#include <string>

#include "base/duration.h"
#include "compute/findings/about_target.h"
#include "compute/findings/all.h"
#include "compute/findings/remedy.h"
#include "compute/pace.h"

namespace mesh {
namespace {

// One slow answer is a moment of a busy machine: from the second one after the other on it counts.
constexpr int worth_telling = 4;

constexpr std::array remedies{
    Remedy{"istio",
           "Narrow proxyStatsMatcher to what is needed, or give the sidecar more processor time "
           "(sidecar.istio.io/proxyCPULimit); a Sidecar resource keeps it from knowing the whole "
           "mesh."},
    Remedy{"linkerd",
           "Give the proxy more processor time (config.linkerd.io/proxy-cpu-limit); calls to very "
           "many "
           "targets make its page long."},
    Remedy{
        "consul",
        "Give the sidecar more processor time (consul.hashicorp.com/sidecar-proxy-cpu-limit), or "
        "narrow what it knows: intentions and explicit upstreams instead of all services."},
    Remedy{
        "app",
        "Let the application keep fewer series (buckets of histograms, labels with many values), "
        "or take the annotation prometheus.io/scrape off its pods."},
    Remedy{
        "proxyless",
        "Give the application more processor time, or ask it more rarely (poll.interval): its own "
        "threads answer for channelz and reflection."},
    Remedy{
        "",
        "Give the proxy more processor time, or let it keep fewer statistics (stats_matcher in its "
        "bootstrap)."},
};

std::string in_words(Duration duration) {
  return format_duration(std::chrono::duration_cast<std::chrono::milliseconds>(duration));
}

// What was the matter with the last poll.
std::string trouble_of(const TargetState& state) {
  if (state.failure && Pace::is_dear(state.failure->reason)) return state.failure->message;
  for (const Unanswered& one : state.unanswered) {
    if (!one.left_out && Pace::is_dear(one.failure.reason)) return one.failure.message;
  }
  char words[64];
  std::snprintf(words, sizeof words, "the answers of the last poll took %.1f s",
                state.scrape_seconds);
  return words;
}

void judge(const TargetState& state, std::vector<Finding>& found) {
  // An address that never answered is a target that cannot be read, not a slow one.
  if (state.intervals_per_poll < worth_telling || !state.last_success) return;
  Finding finding = about_target("slow_admin", Severity::warning, state);
  finding.cause = trouble_of(state) + "; it is asked every " + in_words(state.poll_interval) +
                  " instead of every " + in_words(state.poll_interval / state.intervals_per_poll);
  finding.evidence = {
      {"scrape_duration", state.scrape_seconds, Unit::seconds},
      {"scrape_bytes", static_cast<double>(state.scrape_bytes), Unit::bytes},
      {"poll_interval", seconds(state.poll_interval), Unit::seconds},
  };
  finding.remedy = remedy_for(state.target.mesh, remedies);
  found.push_back(std::move(finding));
}

void find(const Snapshot& snapshot, WallTime, std::vector<Finding>& found) {
  for (const auto& state : snapshot.targets) judge(*state, found);
}

}  // namespace

const FindingMaker slow_admin{
    "slow_admin", "A proxy answers slowly or at too great length, and is asked less often.",
    Stated::after_a_window, find, Among::polled};

}  // namespace mesh
