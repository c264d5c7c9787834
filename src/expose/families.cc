// Brings the catalogue and the makers together.
#include "expose/families.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace mesh {

std::vector<FamilyMaker> family_makers() {
  std::vector<FamilyMaker> makers;
  for (const auto part :
       {traffic_families(), load_balance_families(), balance_families(), connection_families(),
        tcp_families(), sidecar_families(), migration_families(), resource_families(),
        control_plane_families(), plane_families(), certificate_families(), tls_probe_families(),
        trust_families(), target_families(), exporter_families(), process_families()}) {
    makers.insert(makers.end(), part.begin(), part.end());
  }
  return makers;
}

void each_family(const Page& page,
                 const std::function<void(prometheus::MetricFamily family)>& visit) {
  const std::vector<FamilyMaker> makers = family_makers();
  for (const Metric& metric : catalogue()) {
    const auto maker = std::ranges::find(makers, metric.name, &FamilyMaker::metric);
    assert(maker != makers.end());
    FamilyBuilder builder(metric);
    maker->fill(page, builder);
    prometheus::MetricFamily family = builder.take();
    if (!family.metric.empty()) visit(std::move(family));
  }
}

}  // namespace mesh
