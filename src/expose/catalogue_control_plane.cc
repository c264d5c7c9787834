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
      {"mesh_control_plane_resources",
       gauge,
       section,
       {"resource", "status"},
       "Configurations of this kind as CSDS tells them, by status. Of an xDS client: requested "
       "(nothing has come yet), acked (in use), nacked (the last was refused), does_not_exist, "
       "received_error or timeout. Of a control plane, one for each client: synced, not_sent, "
       "stale (sent, and not answered yet) or error (refused). Or unknown."},
      {"mesh_control_plane_resource_versions",
       gauge,
       section,
       {"resource", "version"},
       "Configurations of this kind that are in use under this version, as CSDS tells them: the "
       "five that most have, those under any other as version other."},
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

const std::vector<Metric>& plane_metrics() {
  using enum MetricKind;
  constexpr Section section = Section::sidecar;
  static const std::vector<Metric> metrics{
      {"mesh_control_plane_info",
       info,
       section,
       {"version", "build"},
       "A control plane whose own page is a target: istiod, a controller of Linkerd, a server of "
       "Consul. Always 1. The version of Linkerd's is that of the image, as its pod says."},
      {"mesh_control_plane_start_timestamp_seconds",
       gauge,
       section,
       {},
       "When the process of the control plane began, by its own word, in seconds since 1970."},
      {"mesh_control_plane_memory_bytes",
       gauge,
       section,
       {},
       "Resident memory of the process of the control plane, by its own word, in bytes."},
      {"mesh_control_plane_proxies",
       gauge,
       section,
       {"version"},
       "Proxies that are connected to this control plane now, by the version of the mesh that they "
       "say they are. Of Consul the open streams for configuration, version empty. Linkerd does "
       "not tell."},
      {"mesh_control_plane_pushes_total",
       counter,
       section,
       {"resource", "result"},
       "Pushes of configuration by this control plane to its proxies (Istio): result pushed is all "
       "of them; among these, failed (it did not go out) and rejected (a proxy refused it)."},
      {"mesh_control_plane_errors_total",
       counter,
       section,
       {"reason"},
       "Errors of this control plane's own (Istio): internal, write_timeout (a proxy did not take "
       "an answer in time) or secret (a certificate for a gateway could not be fetched)."},
      {"mesh_control_plane_convergence_seconds",
       histogram,
       section,
       {},
       "How long a change took until a proxy that it concerns was sent all of it, in seconds, as "
       "istiod measures it. No proxy concerned, no measurement."},
  };
  return metrics;
}

const std::vector<Metric>& issuer_metrics() {
  using enum MetricKind;
  constexpr Section section = Section::sidecar;
  static const std::vector<Metric> metrics{
      {"mesh_ca_issuances_total",
       counter,
       section,
       {"result"},
       "Requests for certificates to this control plane as a CA, by result: issued, refused (who "
       "asked was not let, or asked for what cannot be had) or failed (the CA could not; of Consul "
       "also what it refused). Of Consul only where telemetry.prefix_filter has "
       "+consul.rpc.server.call."},
      {"mesh_ca_root_not_after_timestamp_seconds",
       gauge,
       section,
       {},
       "When the root of the mesh ends, as its control plane says, in seconds since 1970; of "
       "several the first. The signing certificate is in "
       "mesh_certificate_not_after_timestamp_seconds, source proxy, role intermediate. Linkerd "
       "does not tell."},
      {"mesh_sidecar_version_skew",
       gauge,
       section,
       {},
       "By how many minor versions the sidecar is behind the control plane of its mesh; negative "
       "if it is ahead. Absent unless a control plane of that mesh is a target of this agent, all "
       "that are have the same version, and both tell it: Istio; Linkerd but for edge releases, "
       "which have no minor versions."},
  };
  return metrics;
}

}  // namespace mesh
