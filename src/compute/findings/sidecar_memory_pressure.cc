// A sidecar is about to run out of memory: near its limit, at which the kernel kills it, or
// standing still again and again while the kernel looks for memory to give it.
#include <cstdio>

#include "compute/findings/about_memory.h"
#include "compute/findings/all.h"

namespace mesh {
namespace {

// Buffers of a proxy come and go by tens of MiB: what is left below this is a moment's work.
constexpr double near_limit = 0.9;

// Of a minute, in which no task could go on. Calls wait that long, and no user calls that healthy.
constexpr double long_stall = 0.1;

// Of the limit: what stands still so far below it does so for somebody else's sake.
constexpr double far_from_limit = 0.75;

constexpr std::array short_node{
    Remedy{"",
           "the node is short of memory, or a group above the sidecar's is: move work away from it "
           "(kubectl top node; memory.pressure of the groups beside it), and give the sidecar a "
           "request that covers what it uses"},
};

std::string percent(double share) {
  char text[32];
  std::snprintf(text, sizeof text, "%.0f %%", share * 100);
  return text;
}

struct Use {
  std::uint64_t bytes, limit;
  double share() const { return static_cast<double>(bytes) / static_cast<double>(limit); }
};

std::optional<Use> use_of(const SidecarResources& resources) {
  if (!resources.working_set || !resources.memory_limit || *resources.memory_limit == 0) {
    return std::nullopt;
  }
  return Use{*resources.working_set, *resources.memory_limit};
}

std::string cause_of(const std::optional<Use>& use, bool full, bool stalled, double stall) {
  std::string words;
  if (use) {
    words = "uses " + binary_bytes(use->bytes) + " of " + binary_bytes(use->limit) +
            " of memory (" + percent(use->share()) + ")";
  }
  if (stalled) {
    words += words.empty() ? "" : full ? ", and " : "; ";
    words += "stood still for want of memory " + percent(stall) + " of the last minute";
  }
  return words;
}

void judge(const TargetState& state, const SidecarResources& resources,
           std::vector<Finding>& found) {
  const auto use = use_of(resources);
  const double stall = resources.memory_stalled.value_or(0);
  const bool full = use && use->share() >= near_limit;
  const bool stalled = stall >= long_stall;
  if (!full && !stalled) return;
  Finding finding = about_target("sidecar_memory_pressure", Severity::warning, state);
  finding.cause = cause_of(use, full, stalled, stall);
  add_bytes(finding, "memory", resources.working_set);
  add_bytes(finding, "limit", resources.memory_limit);
  if (use) finding.evidence.push_back({"share", use->share(), Unit::ratio});
  if (state.heap) add_bytes(finding, "heap", state.heap->reserved);
  if (resources.memory_stalled) finding.evidence.push_back({"stalled", stall, Unit::ratio});
  const bool elsewhere = !use || use->share() < far_from_limit;
  finding.remedy = elsewhere ? remedy_for(state.target.mesh, short_node)
                             : remedy_for(state.target.mesh, raise_memory_limit);
  found.push_back(std::move(finding));
}

void find(const Snapshot& snapshot, WallTime, std::vector<Finding>& found) {
  each_sidecar_memory(snapshot, [&](const TargetState& state, const SidecarResources& resources) {
    judge(state, resources, found);
  });
}

}  // namespace

const FindingMaker sidecar_memory_pressure{
    "sidecar_memory_pressure",
    "A sidecar uses 90 % of its memory limit, or stands still for want of memory.",
    Stated::after_a_window, find, Among::memory};

}  // namespace mesh
