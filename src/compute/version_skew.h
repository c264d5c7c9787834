// How far a sidecar's version is from that of its control plane, in minor versions: what a mesh
// says it supports is a distance in these.
//
// The versions are the mesh's, not the proxy's: an Envoy 1.40 tells nothing of Istio's. A control
// plane is known where its page is a target of this agent; where several versions of it are known,
// as in an upgrade by revisions, nobody here knows which one a sidecar listens to, and nothing is
// said. Consul numbers its dataplane in another way than its servers: nothing is said either.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "model/snapshot.h"

namespace mesh {

struct MeshVersion {
  std::uint64_t major = 0, minor = 0;

  auto operator<=>(const MeshVersion&) const = default;
};

// "1.31.2", "1.31-dev", "v1.31.2", "stable-2.14.10", "enterprise-2.18.1". Nothing of Linkerd's edge
// releases ("edge-25.5.1"): those are numbered by the calendar, and their distance means nothing.
std::optional<MeshVersion> read_mesh_version(std::string_view text);

// Minor versions that a sidecar is behind (or, negative, ahead); nothing if the major ones differ.
std::optional<std::int64_t> versions_behind(MeshVersion plane, MeshVersion sidecar);

// As it is known: its own word before that of its pod. "" if it is not.
std::string_view plane_version(const TargetState& plane);
std::string_view sidecar_version(const TargetState& sidecar);

// The versions of the control planes of a snapshot. Borrows nothing.
class PlaneVersions {
 public:
  explicit PlaneVersions(const Snapshot& snapshot);

  // How far this sidecar is behind; nothing where that cannot be told, or it is none.
  std::optional<std::int64_t> skew_of(const TargetState& sidecar) const;

 private:
  // By mesh; nothing where there are several.
  std::map<std::string, std::optional<MeshVersion>, std::less<>> sole_;
};

}  // namespace mesh
