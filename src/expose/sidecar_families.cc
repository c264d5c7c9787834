// Sidecar: what each proxy says of itself.
#include <array>
#include <string_view>

#include "compute/version_skew.h"
#include "expose/families.h"

namespace mesh {
namespace {

void sidecar_info(const Page& page, FamilyBuilder& family) {
  for (const auto& state : page.snapshot.targets) {
    if (!state->proxy) continue;
    Labels labels(state->target);
    labels.with("version", state->proxy->version);
    labels.with("mesh_version", sidecar_version(*state)).with("build", state->proxy->build);
    family.state(labels.with("node_id", state->proxy->node_id), 1);
  }
}

void uptime_seconds(const Page& page, FamilyBuilder& family) {
  for (const auto& state : page.snapshot.targets) {
    if (!state->proxy || !state->proxy->started) continue;
    family.state(Labels(state->target), state->uptime_seconds);
  }
}

struct StateName {
  ProxyState state;
  std::string_view name;
};
constexpr std::array proxy_states{
    StateName{ProxyState::live, "live"},
    StateName{ProxyState::draining, "draining"},
    StateName{ProxyState::pre_initializing, "pre_initializing"},
    StateName{ProxyState::initializing, "initializing"},
};

void sidecar_state(const Page& page, FamilyBuilder& family) {
  for (const auto& state : page.snapshot.targets) {
    if (!state->proxy) continue;
    for (const auto& [value, name] : proxy_states) {
      Labels labels(state->target);
      family.state(labels.with("state", name), state->proxy->state == value ? 1 : 0);
    }
  }
}

constexpr std::array makers{
    FamilyMaker{"mesh_sidecar_info", sidecar_info},
    FamilyMaker{"mesh_sidecar_uptime_seconds", uptime_seconds},
    FamilyMaker{"mesh_sidecar_state", sidecar_state},
};

}  // namespace

std::span<const FamilyMaker> sidecar_families() { return makers; }

}  // namespace mesh
