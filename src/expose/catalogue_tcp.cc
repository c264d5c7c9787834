// See catalogue.h for what a line of it promises.
#include "expose/catalogue_tcp.h"

namespace mesh {

const std::vector<Metric>& tcp_metrics() {
  using enum MetricKind;
  constexpr Section section = Section::connection;
  static const std::vector<Metric> metrics{
      {"mesh_tcp_connections_opened_total",
       counter,
       section,
       {"direction", "upstream", "ztunnel", "security"},
       "Connections of an ambient workload, and those of an Istio sidecar that it does not take "
       "for "
       "HTTP; those that failed included, by how they are secured: mutual_tls, or unknown (plain "
       "TCP, which may carry TLS of the application's own; a sidecar never tells outbound). Of "
       "ambient workloads counted by the node's ztunnel, which knows the workload and no pod: the "
       "label pod is empty, and what it cannot tell of any workload it counts for itself. Each "
       "connection within the mesh shows once outbound and once inbound. Nothing tells what calls "
       "they carry, so this is in the place of mesh_requests_by_security_total."},
      {"mesh_tcp_connections_closed_total",
       counter,
       section,
       {"direction", "upstream", "ztunnel", "result"},
       "Likewise, those that ended, by result: completed, denied (by an "
       "authorization policy; counted inbound), connect_failed (refused, not answered, or outbound "
       "also denied by the other side's policy), tls_failed, tunnel_failed (HTTP/2 between the "
       "ztunnels), network_policy (the tunnel's port could not be reached, as by a NetworkPolicy), "
       "no_certificate (none could be had for the workload), certificate_revoked or other."},
      {"mesh_tcp_connections",
       gauge,
       section,
       {"direction", "upstream", "ztunnel"},
       "Connections of an ambient workload that are open now: what its ztunnel counted as opened "
       "less what it counted as closed. The label pod is empty."},
      {"mesh_tcp_bytes_total",
       counter,
       section,
       {"direction", "upstream", "ztunnel", "kind"},
       "Likewise, the bytes that they carried, by kind: received (from who opened the connection) "
       "or sent (back to it), seen alike from both sides; without what the tunnel adds."},
      {"mesh_ambient_proxies",
       gauge,
       section,
       {"state"},
       "Pods for which a ztunnel carries connections (state active), or is to and does not yet "
       "(pending). Absent where it does not tell."},
  };
  return metrics;
}

}  // namespace mesh
