// The exporter itself: what it is, how it keeps up, and what its process costs.
#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include "expose/families.h"

namespace mesh {
namespace {

void build_info(const Page& page, FamilyBuilder& family) {
  const BuildInfo& build = page.options.build;
  Labels labels;
  labels.with("version", build.version).with("revision", build.revision);
  labels.with("compiler", build.compiler).with("build", build.kind);
  family.state(labels.with("platform", build.platform), 1);
}

void targets(const Page& page, FamilyBuilder& family) {
  family.add(Labels(), static_cast<std::uint64_t>(page.snapshot.targets.size()));
}

// One sample for each source beside the configuration.
template <class Value>
void each_source(const Page& page, FamilyBuilder& family, Value value) {
  for (const DiscoveryState& state : page.snapshot.discovery->sources) {
    const std::optional<double> number = value(state);
    if (number) family.state(Labels().with("source", state.source), *number);
  }
}

void discovered_targets(const Page& page, FamilyBuilder& family) {
  each_source(page, family, [](const DiscoveryState& state) -> std::optional<double> {
    if (!state.targets) return std::nullopt;
    return static_cast<double>(*state.targets);
  });
}

void discovery_problems(const Page& page, FamilyBuilder& family) {
  each_source(page, family, [](const DiscoveryState& state) {
    return std::optional(static_cast<double>(state.problems.size()));
  });
}

void discovery_success_time(const Page& page, FamilyBuilder& family) {
  each_source(page, family, [](const DiscoveryState& state) -> std::optional<double> {
    if (!state.last_success) return std::nullopt;
    return unix_seconds(*state.last_success);
  });
}

void pass_duration(const Page& page, FamilyBuilder& family) {
  const PassTimes& pass = page.snapshot.pass;
  if (pass.passes == 0) return;
  family.state(Labels().with("stage", "scrape"), pass.scrape);
  family.state(Labels().with("stage", "total"), pass.total);
}

void snapshot_age(const Page& page, FamilyBuilder& family) {
  if (page.snapshot.pass.passes == 0) return;
  family.state(Labels(), seconds(page.self.now - page.snapshot.at));
}

void series_folded(const Page& page, FamilyBuilder& family) {
  for (const FoldedSeries& folded : page.snapshot.folded) {
    family.add(Labels().with("family", folded.family), folded.count);
  }
}

void config_successful(const Page& page, FamilyBuilder& family) {
  family.state(Labels(), page.options.config.successful() ? 1 : 0);
}

void config_success_time(const Page& page, FamilyBuilder& family) {
  const std::optional<WallTime>& at = page.options.config.last_success;
  if (at) family.state(Labels(), unix_seconds(*at));
}

template <auto number>
void process_number(const Page& page, FamilyBuilder& family) {
  const auto& value = page.self.process.*number;
  if (value) family.add(Labels(), *value);
}

constexpr std::array exporter_makers{
    FamilyMaker{"mesh_exporter_build_info", build_info},
    FamilyMaker{"mesh_exporter_targets", targets},
    FamilyMaker{"mesh_exporter_discovered_targets", discovered_targets},
    FamilyMaker{"mesh_exporter_discovery_problems", discovery_problems},
    FamilyMaker{"mesh_exporter_discovery_last_success_timestamp_seconds", discovery_success_time},
    FamilyMaker{"mesh_exporter_pass_duration_seconds", pass_duration},
    FamilyMaker{"mesh_exporter_snapshot_age_seconds", snapshot_age},
    FamilyMaker{"mesh_exporter_series_folded_total", series_folded},
    FamilyMaker{"mesh_exporter_config_last_reload_successful", config_successful},
    FamilyMaker{"mesh_exporter_config_last_reload_success_timestamp_seconds", config_success_time},
};

constexpr std::array process_makers{
    FamilyMaker{"process_cpu_seconds_total", process_number<&ProcessNumbers::cpu_seconds>},
    FamilyMaker{"process_resident_memory_bytes", process_number<&ProcessNumbers::resident_bytes>},
    FamilyMaker{"process_virtual_memory_bytes", process_number<&ProcessNumbers::virtual_bytes>},
    FamilyMaker{"process_virtual_memory_max_bytes",
                process_number<&ProcessNumbers::virtual_max_bytes>},
    FamilyMaker{"process_open_fds", process_number<&ProcessNumbers::open_fds>},
    FamilyMaker{"process_max_fds", process_number<&ProcessNumbers::max_fds>},
    FamilyMaker{"process_start_time_seconds", process_number<&ProcessNumbers::start_time_seconds>},
};

}  // namespace

std::span<const FamilyMaker> exporter_families() { return exporter_makers; }
std::span<const FamilyMaker> process_families() { return process_makers; }

}  // namespace mesh
