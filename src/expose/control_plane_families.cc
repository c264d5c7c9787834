// Control plane: the links of each proxy to who configures it and who issues its certificates, and
// the instant at which a cut one begins to hurt.
#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string_view>

#include "expose/families.h"

namespace mesh {
namespace {

// Of several links of one kind (one per secret) the worst counts.
void connected(const Page& page, FamilyBuilder& family) {
  for (const auto& state : page.snapshot.targets) {
    std::array<std::optional<bool>, config_kinds> holds;
    for (const LinkState& link : state->control_plane.links) {
      auto& all = holds[static_cast<std::size_t>(link.kind)];
      all = all.value_or(true) && link.connected;
    }
    for (std::size_t i = 0; i < holds.size(); ++i) {
      if (!holds[i]) continue;
      Labels labels(state->target);
      labels.with("resource", to_string(static_cast<ConfigKind>(i)));
      family.state(labels, *holds[i] ? 1 : 0);
    }
  }
}

void last_update(const Page& page, FamilyBuilder& family) {
  for (const auto& state : page.snapshot.targets) {
    for (const UpdateCounts& counts : state->control_plane.updates) {
      if (!counts.last_update) continue;
      Labels labels(state->target);
      labels.with("resource", to_string(counts.kind));
      family.state(labels, unix_seconds(*counts.last_update));
    }
  }
}

struct UpdateResult {
  std::string_view name;
  std::uint64_t UpdateCounts::*count;
};
constexpr std::array results{UpdateResult{"accepted", &UpdateCounts::accepted},
                             UpdateResult{"rejected", &UpdateCounts::rejected},
                             UpdateResult{"failed", &UpdateCounts::failed}};

void updates(const Page& page, FamilyBuilder& family) {
  for (const auto& state : page.snapshot.targets) {
    for (const UpdateCounts& counts : state->control_plane.updates) {
      for (const auto& [name, count] : results) {
        // Of endpoints the others are not known.
        if (counts.kind == ConfigKind::eds && name != "rejected") continue;
        Labels labels(state->target);
        labels.with("resource", to_string(counts.kind)).with("result", name);
        family.add(labels, counts.*count);
      }
    }
  }
}

void reconnects(const Page& page, FamilyBuilder& family) {
  for (const auto& state : page.snapshot.targets) {
    for (const ReconnectCount& one : state->control_plane.reconnects) {
      Labels labels(state->target);
      family.add(labels.with("resource", to_string(one.kind)), one.count);
    }
  }
}

void resources(const Page& page, FamilyBuilder& family) {
  for (const auto& state : page.snapshot.targets) {
    std::map<ConfigKind, std::array<std::uint64_t, config_statuses>> kinds;
    for (const ConfigStatusCount& one : state->control_plane.statuses) {
      kinds[one.kind][static_cast<std::size_t>(one.status)] = one.count;
    }
    for (const auto& [kind, counts] : kinds) {
      for (std::size_t i = 0; i < config_statuses; ++i) {
        Labels labels(state->target);
        labels.with("resource", to_string(kind));
        labels.with("status", to_string(static_cast<ConfigStatus>(i)));
        family.add(labels, counts[i]);
      }
    }
  }
}

void versions(const Page& page, FamilyBuilder& family) {
  for (const auto& state : page.snapshot.targets) {
    for (const ConfigVersionCount& one : state->control_plane.versions) {
      Labels labels(state->target);
      labels.with("resource", to_string(one.kind)).with("version", one.version);
      family.add(labels, one.count);
    }
  }
}

void cascade(const Page& page, FamilyBuilder& family) {
  for (const auto& state : page.snapshot.targets) {
    if (!state->control_plane.cascade) continue;
    const auto at = state->control_plane.cascade->at.time_since_epoch().count();
    family.state(Labels(state->target), static_cast<double>(at));
  }
}

constexpr std::array makers{
    FamilyMaker{"mesh_control_plane_connected", connected},
    FamilyMaker{"mesh_control_plane_last_update_timestamp_seconds", last_update},
    FamilyMaker{"mesh_control_plane_updates_total", updates},
    FamilyMaker{"mesh_control_plane_reconnects_total", reconnects},
    FamilyMaker{"mesh_control_plane_resources", resources},
    FamilyMaker{"mesh_control_plane_resource_versions", versions},
    FamilyMaker{"mesh_control_plane_cascade_timestamp_seconds", cascade},
};

}  // namespace

std::span<const FamilyMaker> control_plane_families() { return makers; }

}  // namespace mesh
