// Brings the catalogue and the makers together.
#include "expose/families.h"

#include <algorithm>
#include <cassert>

namespace mesh {

std::vector<FamilyMaker> family_makers() {
  std::vector<FamilyMaker> makers;
  for (const auto part :
       {traffic_families(), load_balance_families(), balance_families(), connection_families(),
        tcp_families(), sidecar_families(), migration_families(), resource_families(),
        control_plane_families(), plane_families(), grpc_health_families(), certificate_families(),
        tls_probe_families(), trust_families(), target_families(), exporter_families(),
        process_families()}) {
    makers.insert(makers.end(), part.begin(), part.end());
  }
  return makers;
}

void each_family_part(const Page& page, const FamilyChoice& choice,
                      const std::function<void(FamilyPart part)>& visit) {
  const std::vector<FamilyMaker> makers = family_makers();
  for (const Metric& metric : catalogue()) {
    if (!choice.has(metric.section)) continue;
    const auto maker = std::ranges::find(makers, metric.name, &FamilyMaker::metric);
    assert(maker != makers.end());
    FamilyBuilder builder(metric);
    maker->fill(page, builder);
    builder.hand_out(visit);
  }
}

}  // namespace mesh
