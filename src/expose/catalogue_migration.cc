// See catalogue.h for what a line of it promises.
#include "expose/catalogue_migration.h"

namespace mesh {

const std::vector<Metric>& migration_metrics() {
  using enum MetricKind;
  static const std::vector<Metric> metrics{
      {"mesh_pods",
       gauge,
       Section::sidecar,
       {"state"},
       "Pods of the node by how far they have come into a mesh: meshed (it has a proxy, or goes "
       "through the node's), injection_pending (it asks for one that it was not given; a new pod "
       "would be), opted_out or unmeshed (the label mesh is empty then). Counted for each "
       "workload, "
       "the label pod is empty; pods that have ended are not counted. Absent without "
       "discovery.kubernetes. What a namespace asks for its pods is not seen."},
  };
  return metrics;
}

}  // namespace mesh
