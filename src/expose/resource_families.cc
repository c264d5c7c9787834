// What sidecars take of their node: the samples of expose/catalogue_resources.cc.
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "expose/families.h"

namespace mesh {
namespace {

// One sample per target of which `value(state)` tells something.
template <class Value>
void state_each(const Page& page, FamilyBuilder& family, Value value) {
  for (const auto& state : page.snapshot.targets) {
    if (const auto told = value(*state)) {
      family.state(Labels(state->target), static_cast<double>(*told));
    }
  }
}

template <class T>
using Told = std::optional<T> SidecarResources::*;

template <class T>
void gauge(const Page& page, FamilyBuilder& family, Told<T> told) {
  state_each(page, family, [told](const TargetState& state) {
    return state.resources ? (*state.resources).*told : std::nullopt;
  });
}

std::optional<std::uint64_t> total_of(const TargetState& state, ResourceCounter counter) {
  return state.resources ? state.resources->total(counter) : std::nullopt;
}

void count(const Page& page, FamilyBuilder& family, ResourceCounter counter) {
  for (const auto& state : page.snapshot.targets) {
    if (const auto total = total_of(*state, counter)) family.add(Labels(state->target), *total);
  }
}

// Of a counter in microseconds.
void count_seconds(const Page& page, FamilyBuilder& family, ResourceCounter counter,
                   std::string_view kind = "") {
  for (const auto& state : page.snapshot.targets) {
    const auto total = total_of(*state, counter);
    if (!total) continue;
    Labels labels(state->target);
    if (!kind.empty()) labels.with("kind", kind);
    family.add(labels, static_cast<double>(*total) / 1e6);
  }
}

void memory(const Page& page, FamilyBuilder& family) {
  gauge(page, family, &SidecarResources::working_set);
}
void memory_limit(const Page& page, FamilyBuilder& family) {
  gauge(page, family, &SidecarResources::memory_limit);
}
void memory_peak(const Page& page, FamilyBuilder& family) {
  gauge(page, family, &SidecarResources::memory_peak);
}
void cpu_limit(const Page& page, FamilyBuilder& family) {
  gauge(page, family, &SidecarResources::cpu_limit);
}

void heap(const Page& page, FamilyBuilder& family) {
  state_each(page, family, [](const TargetState& state) {
    return state.heap ? std::optional(state.heap->reserved) : std::nullopt;
  });
}
void heap_allocated(const Page& page, FamilyBuilder& family) {
  state_each(page, family, [](const TargetState& state) {
    return state.heap ? std::optional(state.heap->allocated) : std::nullopt;
  });
}

void oom_kills(const Page& page, FamilyBuilder& family) {
  count(page, family, ResourceCounter::oom_kills);
}
void memory_stall(const Page& page, FamilyBuilder& family) {
  count_seconds(page, family, ResourceCounter::memory_some, "some");
  count_seconds(page, family, ResourceCounter::memory_full, "full");
}
void cpu_seconds(const Page& page, FamilyBuilder& family) {
  count_seconds(page, family, ResourceCounter::cpu);
}
void throttled_seconds(const Page& page, FamilyBuilder& family) {
  count_seconds(page, family, ResourceCounter::throttled);
}
void periods(const Page& page, FamilyBuilder& family) {
  count(page, family, ResourceCounter::periods);
}
void throttled_periods(const Page& page, FamilyBuilder& family) {
  count(page, family, ResourceCounter::throttled_periods);
}
void cpu_stall(const Page& page, FamilyBuilder& family) {
  count_seconds(page, family, ResourceCounter::cpu_some);
}

void readable(const Page& page, FamilyBuilder& family) {
  state_each(page, family, [](const TargetState& state) {
    const bool looked = state.resources && state.resources->source == ResourceSource::cgroup;
    return looked ? std::optional(state.resources->error.empty() ? 1 : 0) : std::nullopt;
  });
}

constexpr std::array makers{
    FamilyMaker{"mesh_sidecar_memory_bytes", memory},
    FamilyMaker{"mesh_sidecar_memory_limit_bytes", memory_limit},
    FamilyMaker{"mesh_sidecar_memory_peak_bytes", memory_peak},
    FamilyMaker{"mesh_sidecar_heap_bytes", heap},
    FamilyMaker{"mesh_sidecar_heap_allocated_bytes", heap_allocated},
    FamilyMaker{"mesh_sidecar_oom_kills_total", oom_kills},
    FamilyMaker{"mesh_sidecar_memory_stall_seconds_total", memory_stall},
    FamilyMaker{"mesh_sidecar_cpu_seconds_total", cpu_seconds},
    FamilyMaker{"mesh_sidecar_cpu_limit_cores", cpu_limit},
    FamilyMaker{"mesh_sidecar_cpu_throttled_seconds_total", throttled_seconds},
    FamilyMaker{"mesh_sidecar_cpu_periods_total", periods},
    FamilyMaker{"mesh_sidecar_cpu_throttled_periods_total", throttled_periods},
    FamilyMaker{"mesh_sidecar_cpu_stall_seconds_total", cpu_stall},
    FamilyMaker{"mesh_sidecar_cgroup_readable", readable},
};

}  // namespace

std::span<const FamilyMaker> resource_families() { return makers; }

}  // namespace mesh
