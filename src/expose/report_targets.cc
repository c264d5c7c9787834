// Who is asked, how that went, and what it cost them.
#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "compute/version_skew.h"
#include "expose/remarks.h"
#include "expose/reports.h"

namespace mesh {
namespace {

std::string address_of(const Target& target) {
  if (target.admin) return to_string(*target.admin) + where_else(target);
  if (!target.metrics) return first_door(target);
  return to_string(target.metrics->address) + shown_path(*target.metrics);
}

// Since its control plane last sent clusters, listeners or routes: among proxies of one control
// plane the one that stands out has missed what the others got.
Cell config_age_of(const ControlPlaneState& control_plane, WallTime now) {
  std::optional<WallTime> last;
  for (const UpdateCounts& one : control_plane.updates) {
    const bool is_own = one.kind == ConfigKind::eds || one.kind == ConfigKind::sds;
    if (!is_own && one.last_update)
      last = std::max(last.value_or(*one.last_update), *one.last_update);
  }
  if (!last) return {};
  const double age = std::max(0.0, unix_seconds(now) - unix_seconds(*last));
  return {age};
}

std::string trouble_of(const TargetState& state, const TargetNote& note) {
  std::string words;
  const auto say = [&](const std::string& trouble) {
    if (!trouble.empty()) words.append(words.empty() ? "" : "; ").append(trouble);
  };
  if (state.failure) say(state.failure->message);
  say(about_nothing_read(state));
  for (const Unanswered& one : state.unanswered) {
    if (!state.failure) say(one.failure.message);
  }
  if (state.resources) say(state.resources->error);
  say(note.wrong);
  return words;
}

// Who was found and is not watched stands there with the reason, or people look for the pod in
// vain.
void add_not_watched(const NotWatched& one, const ReportFilter& filter, Table& table) {
  Target who;
  who.mesh = one.mesh;
  who.ns = one.ns;
  who.pod = one.pod;
  if (!filter.lets(who)) return;
  const auto column = [&](std::string_view key) {
    return static_cast<std::size_t>(std::ranges::find(table.columns, key, &Column::key) -
                                    table.columns.begin());
  };
  std::vector<Cell> row(table.columns.size());
  row[column("pod")] = {target_id(who)};
  row[column("mesh")] = {one.mesh};
  row[column("workload")] = {one.workload};
  row[column("state")] = {std::string(one.is_probed ? "health only" : "not watched")};
  row[column("trouble")] = {one.reason};
  table.rows.push_back(std::move(row));
}

// Of an application, whose counters of calls are read.
std::string version_of(const TargetState& state) {
  if (state.plane) return std::string(plane_version(state));
  return state.proxy ? state.proxy->version : state.library;
}

Cell bytes_cell(const std::optional<std::uint64_t>& bytes) {
  if (!bytes) return {};
  return {*bytes};
}

}  // namespace

Table targets_report(const Page& page, const ReportFilter& filter) {
  Table table{{{"POD", "pod"},
               {"MESH", "mesh"},
               {"WORKLOAD", "workload"},
               {"ADDRESS", "address"},
               {"STATE", "state"},
               {"VERSION", "version"},
               {"AGE", "age_seconds", true, Shown::seconds},
               {"CONFIG AGE", "config_age_seconds", true, Shown::seconds},
               {"TOOK", "scrape_seconds", true, Shown::seconds},
               {"BYTES", "scrape_bytes", true, Shown::bytes},
               {"EVERY", "poll_interval_seconds", true, Shown::interval},
               {"MEMORY", "memory_bytes", true, Shown::binary},
               {"LIMIT", "memory_limit_bytes", true, Shown::binary},
               {"TROUBLE", "trouble"},
               {"HIDDEN", "hidden"}},
              {}};
  const auto& notes = page.snapshot.discovery->notes;
  for (const auto& state : page.snapshot.targets) {
    if (!filter.lets(state->target)) continue;
    const std::string_view word = !state->last_attempt ? "not asked yet"
                                  : state->up          ? "up"
                                                       : "down";
    Cell age;
    if (state->last_success) {
      const double seconds = unix_seconds(page.self.now) - unix_seconds(*state->last_success);
      age = {seconds};
    }
    const auto noted = notes.find(target_id(state->target));
    const TargetNote note = noted == notes.end() ? TargetNote{} : noted->second;
    const SidecarResources resources = state->resources.value_or(SidecarResources{});
    const double interval = seconds(state->poll_interval);
    table.rows.push_back({{target_id(state->target)},
                          {state->target.mesh},
                          {state->target.workload},
                          {address_of(state->target)},
                          {std::string(word)},
                          {version_of(*state)},
                          age,
                          config_age_of(state->control_plane, page.self.now),
                          {state->scrape_seconds},
                          {state->scrape_bytes},
                          {interval},
                          bytes_cell(resources.working_set),
                          bytes_cell(resources.memory_limit),
                          {trouble_of(*state, note)},
                          {note.hidden}});
  }
  for (const NotWatched& one : page.snapshot.discovery->not_watched)
    add_not_watched(one, filter, table);
  return table;
}

}  // namespace mesh
