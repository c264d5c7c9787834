// The kernel killed a process of a sidecar for want of memory: all its calls broke off at once, and
// will again.
#include <chrono>

#include "compute/findings/about_memory.h"
#include "compute/findings/all.h"

namespace mesh {
namespace {

// As often as this within the time for which a kill is remembered, the pod is of no use to anybody.
constexpr std::uint64_t again_and_again = 3;

std::string cause_of(const SidecarResources& resources) {
  const std::uint64_t kills = resources.recent_oom_kills;
  std::string words = "the kernel killed " + (kills == 1 ? std::string("a process")
                                                         : std::to_string(kills) + " processes");
  words += " of it for want of memory";
  // A group that was made anew since has not been at its limit, and may not even be there.
  if (!resources.error.empty() || !resources.memory_peak) return words;
  if (!resources.memory_limit) return words + ": it has no limit of its own";
  const bool at_limit = *resources.memory_peak >= *resources.memory_limit;
  return words + (at_limit ? ", at its limit of " : "; its limit is ") +
         binary_bytes(*resources.memory_limit);
}

void judge(const TargetState& state, const SidecarResources& resources,
           std::vector<Finding>& found) {
  if (resources.recent_oom_kills == 0) return;
  const bool grave = resources.recent_oom_kills >= again_and_again;
  Finding finding =
      about_target("sidecar_oom_killed", grave ? Severity::critical : Severity::warning, state);
  finding.cause = cause_of(resources);
  finding.evidence.push_back(
      {"kills", static_cast<double>(resources.recent_oom_kills), Unit::count});
  if (resources.last_oom_kill) {
    finding.evidence.push_back(
        {"last_kill", unix_seconds(*resources.last_oom_kill), Unit::unix_seconds});
  }
  add_bytes(finding, "memory", resources.working_set);
  add_bytes(finding, "peak", resources.memory_peak);
  add_bytes(finding, "limit", resources.memory_limit);
  finding.remedy = remedy_for(state.target.mesh, raise_memory_limit);
  found.push_back(std::move(finding));
}

// A kill that took the whole container is lost with the group's counter, and where no group can be
// read there is none: the pod still tells the last one.
void judge_note(const TargetState& state, const TargetNote& note, WallTime now,
                std::vector<Finding>& found) {
  const bool counted = state.resources && state.resources->recent_oom_kills > 0;
  if (counted || !note.oom_killed || now - *note.oom_killed > kills_recent) return;
  Finding finding = about_target("sidecar_oom_killed", Severity::warning, state);
  finding.cause =
      "its container was killed for want of memory, and started again, as Kubernetes says";
  finding.evidence.push_back({"last_kill", unix_seconds(*note.oom_killed), Unit::unix_seconds});
  finding.remedy = remedy_for(state.target.mesh, raise_memory_limit);
  found.push_back(std::move(finding));
}

void find(const Snapshot& snapshot, WallTime now, std::vector<Finding>& found) {
  each_sidecar_memory(snapshot, [&](const TargetState& state, const SidecarResources& resources) {
    judge(state, resources, found);
  });
  const auto& notes = snapshot.discovery->notes;
  if (notes.empty()) return;
  for (const auto& state : snapshot.targets) {
    const auto note = notes.find(target_id(state->target));
    if (note != notes.end()) judge_note(*state, note->second, now, found);
  }
}

}  // namespace

const FindingMaker sidecar_oom_killed{
    "sidecar_oom_killed",
    "The kernel killed a process of a sidecar for want of memory, within the hour.",
    Stated::at_once, find, Among::memory};

}  // namespace mesh
