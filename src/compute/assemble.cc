// Sums over all targets; see assemble.h.
#include "compute/assemble.h"

#include <cstddef>
#include <string>

namespace mesh {

std::string_view family_of(Counted counted) {
  switch (counted) {
    case Counted::calls:
    case Counted::followed: return "mesh_grpc_requests_total";
    case Counted::messages: return "mesh_grpc_messages_total";
    case Counted::resets: return "mesh_upstream_resets_total";
    case Counted::duration_bucket:
    case Counted::duration_sum_us: return "mesh_grpc_request_duration_seconds";
    case Counted::endpoint_requests: return "mesh_upstream_endpoint_requests_total";
    case Counted::endpoint_failures: return "mesh_upstream_endpoint_failures_total";
    case Counted::endpoint_connections: return "mesh_upstream_endpoint_connections_opened_total";
    case Counted::attempts: return "mesh_upstream_requests_total";
    case Counted::connections: return "mesh_upstream_connections_opened_total";
    case Counted::recycled: return "mesh_upstream_connections_recycled_total";
    case Counted::overflows: return "mesh_upstream_overflows_total";
    case Counted::connect_failures: return "mesh_upstream_connect_failures_total";
    case Counted::tls_failures: return "mesh_upstream_tls_failures_total";
    case Counted::ejections: return "mesh_upstream_ejections_total";
    case Counted::unhealthy_picks: return "mesh_upstream_unhealthy_picks_total";
    case Counted::stream_refusals: return "mesh_upstream_stream_limit_refusals_total";
    case Counted::timeouts: return "mesh_upstream_timeouts_total";
    case Counted::retries: return "mesh_upstream_retries_total";
    case Counted::denials: return "mesh_policy_denials_total";
    case Counted::by_security: return "mesh_requests_by_security_total";
    case Counted::tcp_opened: return "mesh_tcp_connections_opened_total";
    case Counted::tcp_closed: return "mesh_tcp_connections_closed_total";
    case Counted::tcp_bytes: return "mesh_tcp_bytes_total";
    case Counted::issuances: return "mesh_ca_issuances_total";
    case Counted::pushes:
    case Counted::push_failures:
    case Counted::push_rejections: return "mesh_control_plane_pushes_total";
    case Counted::plane_errors: return "mesh_control_plane_errors_total";
    case Counted::convergence_bucket:
    case Counted::convergence_sum_us: return "mesh_control_plane_convergence_seconds";
  }
  return "";
}

std::vector<FoldedSeries> sum_folds(const std::vector<FoldCounts>& folds) {
  std::vector<FoldedSeries> sums;
  for (std::size_t kind = 0; kind < counted_kinds; ++kind) {
    const std::string_view family = family_of(static_cast<Counted>(kind));
    if (sums.empty() || sums.back().family != family) sums.push_back({std::string(family), 0});
    for (const FoldCounts& counts : folds) {
      sums.back().count += counts[kind];
    }
  }
  return sums;
}

}  // namespace mesh
