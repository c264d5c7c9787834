// States become counts; see client_status.h.
#include "dialect/client_status.h"

#include <algorithm>
#include <array>
#include <functional>
#include <optional>

#include "base/limits.h"

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

bool is_accepted(ConfigStatus status) {
  return status == ConfigStatus::acked || status == ConfigStatus::synced;
}

bool is_refused(ConfigStatus status) {
  return status == ConfigStatus::nacked || status == ConfigStatus::error;
}

bool brought_nothing(ConfigStatus status) {
  return status == ConfigStatus::does_not_exist || status == ConfigStatus::received_error ||
         status == ConfigStatus::timeout;
}

std::string name_of(const XdsResource& resource) {
  const bool told_by_control_plane = resource.status >= ConfigStatus::synced;
  if (!told_by_control_plane || resource.client.empty()) return resource.name;
  return resource.name.empty() ? resource.client : resource.client + ": " + resource.name;
}

using VersionCounts = std::map<std::string_view, std::uint64_t>;

// The versions that most have; the others together.
void tell_versions(ConfigKind kind, const VersionCounts& counts,
                   std::vector<ConfigVersionCount>& told) {
  std::vector<std::pair<std::string_view, std::uint64_t>> sorted(counts.begin(), counts.end());
  std::ranges::stable_sort(sorted, std::ranges::greater{},
                           [](const auto& it) { return it.second; });
  std::uint64_t others = 0;
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    const auto& [version, count] = sorted[i];
    if (i < limits::config_versions_per_kind) {
      told.push_back({kind, std::string(version), count});
    } else {
      others += count;
    }
  }
  if (others > 0) told.push_back({kind, "other", others});
}

}  // namespace

void ClientStatusFollower::enter(const ClientStatus& status) {
  for (auto& [key, known] : known_) known.seen = false;
  for (const XdsResource& now : status.resources) {
    if (const auto kind = kind_of(now.type)) enter(now, *kind);
  }
  if (status.left_out == 0) {
    std::erase_if(known_, [](const auto& one) { return !one.second.seen; });
  }
  sum_up();
}

void ClientStatusFollower::enter(const XdsResource& now, ConfigKind kind) {
  const std::pair key(kind, name_of(now));
  if (known_.size() >= limits::config_resources_per_target && !known_.contains(key)) return;
  Known& known = known_[key];
  // A client tells a resource once for each of its targets; the states are the same.
  if (known.seen) return;
  known.seen = true;
  const XdsResource& before = known.last;
  const bool moved = now.status != before.status;
  if (is_accepted(now.status) && (moved || now.version != before.version)) ++known.accepted;
  if (is_refused(now.status) && (moved || now.refused_version != before.refused_version)) {
    ++known.rejected;
  }
  if (brought_nothing(now.status) && moved) ++known.failed;
  known.last = now;
}

void ClientStatusFollower::sum_up() {
  std::map<std::pair<ConfigKind, ConfigStatus>, std::uint64_t> statuses;
  std::map<ConfigKind, VersionCounts> versions;
  for (const auto& [key, known] : known_) {
    ++statuses[{key.first, known.last.status}];
    if (!known.last.version.empty()) ++versions[key.first][known.last.version];
  }
  miss();
  for (const auto& [which, count] : statuses) {
    statuses_.push_back({which.first, which.second, count});
  }
  for (const auto& [kind, counts] : versions) tell_versions(kind, counts, versions_);
}

void ClientStatusFollower::miss() {
  statuses_.clear();
  versions_.clear();
}

void ClientStatusFollower::forget() {
  known_.clear();
  miss();
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
    if (is_refused(known.last.status)) resource.why = known.last.details;
  }
  reading.statuses = statuses_;
  reading.versions = versions_;
  return reading;
}

}  // namespace mesh
