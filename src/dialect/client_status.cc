// States become counts; see client_status.h.
#include "dialect/client_status.h"

#include <algorithm>
#include <array>
#include <optional>

namespace mesh {
namespace {

struct Type {
  std::string_view name;
  ConfigKind kind;
};
constexpr std::array types{
    Type{"envoy.config.cluster.v3.Cluster", ConfigKind::cds},
    Type{"envoy.config.listener.v3.Listener", ConfigKind::lds},
    Type{"envoy.config.route.v3.RouteConfiguration", ConfigKind::rds},
    Type{"envoy.config.endpoint.v3.ClusterLoadAssignment", ConfigKind::eds},
    Type{"envoy.extensions.transport_sockets.tls.v3.Secret", ConfigKind::sds},
};

std::optional<ConfigKind> kind_of(std::string_view type) {
  const auto it = std::ranges::find(types, type, &Type::name);
  return it == types.end() ? std::nullopt : std::optional(it->kind);
}

bool brought_nothing(XdsStatus status) {
  switch (status) {
    case XdsStatus::does_not_exist:
    case XdsStatus::received_error:
    case XdsStatus::timeout: return true;
    case XdsStatus::unknown:
    case XdsStatus::requested:
    case XdsStatus::acked:
    case XdsStatus::nacked: return false;
  }
  return false;
}

}  // namespace

void ClientStatusFollower::enter(const ClientStatus& status) {
  for (auto& [key, known] : known_) known.seen = false;
  for (const XdsResource& now : status.resources) {
    const auto kind = kind_of(now.type);
    if (!kind) continue;
    Known& known = known_[{*kind, now.name}];
    // A client tells a resource once for each of its targets; the states are the same.
    if (known.seen) continue;
    known.seen = true;
    const XdsResource& before = known.last;
    const bool moved = now.status != before.status;
    if (now.status == XdsStatus::acked && (moved || now.version != before.version)) {
      ++known.accepted;
    }
    if (now.status == XdsStatus::nacked &&
        (moved || now.refused_version != before.refused_version)) {
      ++known.rejected;
    }
    if (brought_nothing(now.status) && moved) ++known.failed;
    known.last = now;
  }
  std::erase_if(known_, [](const auto& one) { return !one.second.seen; });
}

ControlPlaneReading ClientStatusFollower::reading() const {
  ControlPlaneReading reading;
  for (const auto& [key, known] : known_) {
    ConfigResource& resource = reading.resources.emplace_back();
    resource.kind = key.first;
    resource.name = key.second;
    resource.accepted = known.accepted;
    resource.rejected = known.rejected;
    resource.failed = known.failed;
    resource.attempts = known.accepted + known.rejected + known.failed;
  }
  return reading;
}

}  // namespace mesh
