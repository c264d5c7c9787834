// Reading versions and comparing them; see version_skew.h.
#include "compute/version_skew.h"

#include <algorithm>

#include "base/text.h"

namespace mesh {
namespace {

constexpr std::string_view digits = "0123456789";

// The number that `text` begins with, which is taken off it.
std::optional<std::uint64_t> take_number(std::string_view& text) {
  const std::size_t end = std::min(text.find_first_not_of(digits), text.size());
  const auto number = parse_u64(text.substr(0, end));
  // A distance of two of them must be a number as well.
  if (!number || *number > 1'000'000) return std::nullopt;
  text.remove_prefix(end);
  return number;
}

}  // namespace

std::optional<MeshVersion> read_mesh_version(std::string_view text) {
  for (const std::string_view front : {"stable-", "enterprise-", "v"}) {
    if (take_front(text, front)) break;
  }
  const auto major = take_number(text);
  if (!major || !take_front(text, ".")) return std::nullopt;
  const auto minor = take_number(text);
  const bool ends = text.empty() || text.front() == '.' || text.front() == '-';
  if (!minor || !ends) return std::nullopt;
  return MeshVersion{*major, *minor};
}

std::optional<std::int64_t> versions_behind(MeshVersion plane, MeshVersion sidecar) {
  if (plane.major != sidecar.major) return std::nullopt;
  return static_cast<std::int64_t>(plane.minor) - static_cast<std::int64_t>(sidecar.minor);
}

std::string_view plane_version(const TargetState& plane) {
  const bool tells = plane.plane && !plane.plane->version.empty();
  return tells ? plane.plane->version : plane.target.mesh_version;
}

std::string_view sidecar_version(const TargetState& sidecar) {
  const bool tells = sidecar.proxy && !sidecar.proxy->mesh_version.empty();
  return tells ? sidecar.proxy->mesh_version : sidecar.target.mesh_version;
}

PlaneVersions::PlaneVersions(const Snapshot& snapshot) {
  for (const auto& state : snapshot.targets) {
    if (!state->plane) continue;
    const auto version = read_mesh_version(plane_version(*state));
    if (!version) continue;
    const auto [known, is_new] = sole_.emplace(state->target.mesh, version);
    if (!is_new && known->second != version) known->second.reset();
  }
}

std::optional<std::int64_t> PlaneVersions::skew_of(const TargetState& sidecar) const {
  if (sidecar.plane || !sidecar.proxy) return std::nullopt;
  const auto plane = sole_.find(sidecar.target.mesh);
  if (plane == sole_.end() || !plane->second) return std::nullopt;
  const auto version = read_mesh_version(sidecar_version(sidecar));
  return version ? versions_behind(*plane->second, *version) : std::nullopt;
}

}  // namespace mesh
