// See catalogue.h for what a line of it promises.
#include "expose/catalogue_control_plane.h"

namespace mesh {

const std::vector<Metric>& control_plane_metrics() {
  using enum MetricKind;
  constexpr Section section = Section::sidecar;
  static const std::vector<Metric> metrics{
      {"mesh_control_plane_connected",
       gauge,
       section,
       {"resource"},
       "1 if the proxy's connection for this kind of configuration holds, 0 if it is cut or was "
       "never answered; of several (one per secret) the worst. It ends where the proxy's "
       "configuration says: on Istio at the agent in the pod (a ztunnel's at istiod), on Linkerd "
       "at the destination controller (eds) and the policy controller (rds). Absent where there is "
       "none."},
      {"mesh_control_plane_last_update_timestamp_seconds",
       gauge,
       section,
       {"resource"},
       "When the proxy last accepted an update of this kind, by its own clock, in seconds since "
       "1970. A healthy mesh in which nothing changes has an old one."},
      {"mesh_control_plane_updates_total",
       counter,
       section,
       {"resource", "result"},
       "Updates of this kind, by result: accepted, rejected (the proxy refused the content) or "
       "failed (none came: no connection, or it broke; each attempt counts). Of endpoints (eds) "
       "only rejected."},
      {"mesh_control_plane_reconnects_total",
       counter,
       section,
       {"resource"},
       "How often a connection that was seen cut was seen to hold again. A cut between two polls "
       "is not seen."},
      {"mesh_control_plane_cascade_timestamp_seconds",
       gauge,
       section,
       {},
       "When the first certificate in use ends that cannot be renewed because the proxy is cut off "
       "from its control plane or issuer, in seconds since 1970: from then on new connections "
       "fail. Absent while all is connected."},
  };
  return metrics;
}

}  // namespace mesh
