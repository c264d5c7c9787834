// Migration: how far the pods of the node have come into a mesh, watched or not.
#include <array>
#include <utility>

#include "expose/families.h"

namespace mesh {
namespace {

void pods(const Page& page, FamilyBuilder& family) {
  for (const FoundPod& one : page.snapshot.discovery->pods_found) {
    Target whose;
    whose.mesh = one.mesh;
    whose.ns = one.ns;
    whose.workload = one.workload;
    for (const MeshState state : all_mesh_states) {
      Labels labels(whose);
      labels.with("state", to_string(state));
      family.add(labels, std::uint64_t{one.state == state ? 1u : 0u});
    }
  }
}

constexpr std::array makers{
    FamilyMaker{"mesh_pods", pods},
};

}  // namespace

std::span<const FamilyMaker> migration_families() { return makers; }

}  // namespace mesh
