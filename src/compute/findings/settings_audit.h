// Findings about settings: each upstream in use that has one is told, up to a bound per sidecar,
// and the rest of them in one finding more, since what is not good in a mesh's defaults is not good
// everywhere at once. All are of severity info: they say what will hurt, not what does.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/limits.h"
#include "compute/findings.h"
#include "compute/findings/remedy.h"
#include "model/settings.h"

namespace mesh {

// What is said of one upstream or listener: words that go on after its name, and the numbers.
struct SettingsVerdict {
  std::string words;
  std::vector<Evidence> evidence;
};

inline Finding settings_finding(std::string_view name, const Target& whose,
                                std::span<const Remedy> remedies) {
  Finding finding{name, Severity::info, whose, target_id(whose), "", "", "", "", {}, "", {}};
  finding.remedy = remedy_for(whose.mesh, remedies);
  return finding;
}

// The outbound upstream of these settings as it was last seen in use; null if it was not.
inline const UpstreamReading* in_use(const TargetState& state, const UpstreamSettings& settings) {
  for (const UpstreamReading& one : state.upstreams) {
    const bool same = one.upstream == settings.upstream && one.subset == settings.subset;
    if (same && one.direction == Direction::outbound) return &one;
  }
  return nullptr;
}

// "users.shop:50051", "users.shop:50051 (v1)"
inline std::string name_of(const UpstreamSettings& settings) {
  return settings.upstream + (settings.subset.empty() ? "" : " (" + settings.subset + ")");
}

// `judge(settings, reading, state)` gives an optional<SettingsVerdict>.
template <class Judge>
void audit_upstreams(std::string_view name, std::span<const Remedy> remedies,
                     const Snapshot& snapshot, std::vector<Finding>& found, Judge judge) {
  for (const auto& state : snapshot.targets) {
    if (!state->settings) continue;
    std::uint64_t told = 0, rest = 0;
    for (const UpstreamSettings& settings : state->settings->upstreams) {
      const UpstreamReading* const reading = in_use(*state, settings);
      if (!reading) continue;
      std::optional<SettingsVerdict> verdict = judge(settings, *reading, *state);
      if (!verdict) continue;
      if (told == limits::audit_findings_per_target) {
        ++rest;
        continue;
      }
      ++told;
      Finding finding = settings_finding(name, state->target, remedies);
      finding.upstream = settings.upstream;
      finding.subset = settings.subset;
      finding.cause = name_of(settings) + " " + verdict->words;
      finding.evidence = std::move(verdict->evidence);
      found.push_back(std::move(finding));
    }
    if (rest == 0) continue;
    Finding finding = settings_finding(name, state->target, remedies);
    finding.subject = "other upstreams";
    finding.cause = "the same holds for " + std::to_string(rest) +
                    (rest == 1 ? " upstream more" : " upstreams more");
    finding.evidence = {{"upstreams", static_cast<double>(rest), Unit::count}};
    found.push_back(std::move(finding));
  }
}

// Likewise of listeners, which are few. `judge(settings)` gives an optional<SettingsVerdict>.
template <class Judge>
void audit_listeners(std::string_view name, std::span<const Remedy> remedies,
                     const Snapshot& snapshot, std::vector<Finding>& found, Judge judge) {
  for (const auto& state : snapshot.targets) {
    if (!state->up || !state->settings) continue;
    std::uint64_t told = 0;
    for (const ListenerSettings& settings : state->settings->listeners) {
      std::optional<SettingsVerdict> verdict = judge(settings);
      if (!verdict || ++told > limits::audit_findings_per_target) continue;
      Finding finding = settings_finding(name, state->target, remedies);
      finding.subject = "listener " + settings.listener;
      finding.cause = finding.subject + " " + verdict->words;
      finding.evidence = std::move(verdict->evidence);
      found.push_back(std::move(finding));
    }
  }
}

}  // namespace mesh
