// See catalogue.h for what a line of it promises.
#include "expose/catalogue_connections.h"

#include <string_view>

namespace mesh {
namespace {

using enum MetricKind;
constexpr Section section = Section::connection;
using Names = std::vector<std::string_view>;

const std::vector<Metric>& use_metrics() {
  static const Names which{"upstream", "subset"};
  static const std::vector<Metric> metrics{
      {"mesh_upstream_connections", gauge, section, which,
       "Connections from this sidecar to the upstream that are open now."},
      {"mesh_upstream_connections_limit", gauge, section, which,
       "Most connections it may have open (default priority). Absent where unlimited or not told; "
       "a pool over HTTP may have one to each endpoint whatever the limit."},
      {"mesh_upstream_requests_active", gauge, section, which,
       "Requests under way now. Absent where the proxy does not tell (Linkerd)."},
      {"mesh_upstream_requests_active_limit", gauge, section, which,
       "Most requests under way at once (default priority). Absent where unlimited or not told."},
      {"mesh_upstream_requests_pending", gauge, section, which,
       "Requests that wait for a connection now."},
      {"mesh_upstream_requests_pending_limit", gauge, section, which,
       "Most requests that may wait for a connection (default priority). Absent where unlimited or "
       "not told."},
      {"mesh_upstream_retries_active", gauge, section, which,
       "Retries under way now. Absent where the proxy does not tell (Envoy: track_remaining)."},
      {"mesh_upstream_retries_limit", gauge, section, which,
       "Most retries under way at once (default priority). Absent where unlimited or not told, and "
       "not in force where there is a retry budget."},
      {"mesh_upstream_circuit_breaker_open",
       gauge,
       section,
       {"upstream", "subset", "priority", "resource"},
       "1 while the limit of the resource is reached, else 0: connections, pools, pending, "
       "requests "
       "or retries. Priority high only where it has traffic. Absent where the proxy does not tell "
       "(Linkerd)."},
  };
  return metrics;
}

const std::vector<Metric>& trouble_metrics() {
  static const std::vector<Metric> metrics{
      {"mesh_upstream_overflows_total",
       counter,
       section,
       {"upstream", "subset", "resource"},
       "What a limit refused, by resource: requests, pending (refused calls; until Envoy 1.37 "
       "those over the limit of requests, too), retries (not made), pools, connections (not "
       "opened: over HTTP the calls share others or wait)."},
      {"mesh_upstream_connect_failures_total",
       counter,
       section,
       {"upstream", "subset", "reason"},
       "Connections that could not be made, by reason: timeout, or refused_or_reset (a failed TLS "
       "handshake is one, too). A ztunnel does not tell which: mesh_tcp_connections_closed_total."},
      {"mesh_upstream_tls_failures_total",
       counter,
       section,
       {"direction", "upstream", "subset", "reason"},
       "TLS handshakes that failed, by direction (inbound: of callers with this pod) and reason: "
       "handshake (broken off by either side), verify (a certificate that is not trusted or has "
       "expired), name, no_certificate or hash."},
      {"mesh_upstream_ejections_total",
       counter,
       section,
       {"upstream", "subset", "reason"},
       "Endpoints that outlier detection put aside, by reason: consecutive_5xx, "
       "consecutive_gateway_failure, consecutive_local_origin_failure, success_rate, "
       "failure_percentage, local_origin_success_rate or local_origin_failure_percentage."},
      {"mesh_upstream_unhealthy_picks_total",
       counter,
       section,
       {"upstream", "subset", "kind"},
       "Requests for which too few endpoints were healthy, by kind: panic (any was chosen, healthy "
       "or not), none (there was none to choose; Linkerd: none became ready in time, or too many "
       "waited for one)."},
      {"mesh_upstream_stream_limit_refusals_total",
       counter,
       section,
       {"upstream", "subset"},
       "Streams that this sidecar refused its callers (HTTP/2 REFUSED_STREAM, upstream empty): "
       "more at once than it takes on a connection. The caller sees UNAVAILABLE. Calls that wait "
       "for a stream are in mesh_upstream_requests_pending."},
      {"mesh_upstream_timeouts_total",
       counter,
       section,
       {"upstream", "subset", "kind"},
       "Requests that this sidecar gave up, by kind: request (the route's timeout), per_try (of "
       "one attempt), per_try_idle or max_duration (of a stream)."},
      {"mesh_policy_denials_total",
       counter,
       section,
       {"mode", "ztunnel"},
       "Calls and connections of callers that an authorization policy refused here, by mode: "
       "enforced (the caller saw PERMISSION_DENIED), or shadow (a policy on trial would have). "
       "Nothing has failed: the policy says so. Of an ambient workload: connections (result denied "
       "of mesh_tcp_connections_closed_total)."},
  };
  return metrics;
}

const std::vector<Metric>& turnover_metrics() {
  static const std::vector<Metric> metrics{
      {"mesh_requests_by_security_total",
       counter,
       section,
       {"direction", "upstream", "subset", "security"},
       "Requests, of gRPC or not, by how the connection that carries them is secured: mutual_tls, "
       "tls (only one side showed who it is), none or unknown (TLS that passes through). Where the "
       "sidecar tells (Linkerd; Istio, of callers only); inbound: of callers, upstream empty. Of "
       "ambient workloads no requests are seen: mesh_tcp_connections_opened_total."},
      {"mesh_upstream_requests_total",
       counter,
       section,
       {"upstream", "subset"},
       "Requests that this sidecar sent to the upstream, each retry one more."},
      {"mesh_upstream_retries_total",
       counter,
       section,
       {"upstream", "subset", "result"},
       "Retries, by result: started (all of them), succeeded (of them), limit_exceeded (calls that "
       "failed after as many as they are allowed). Those that a limit refused are in "
       "mesh_upstream_overflows_total."},
      {"mesh_upstream_connections_opened_total",
       counter,
       section,
       {"upstream", "subset"},
       "Connections that this sidecar opened to the upstream, those that failed included."},
      {"mesh_upstream_connections_recycled_total",
       counter,
       section,
       {"upstream", "subset", "reason"},
       "Connections closed in good order so that others are opened, by reason: max_requests, "
       "max_duration (settings of this sidecar) or goaway (the server's wish, as by "
       "MAX_CONNECTION_AGE). Without it calls follow long-lived connections to the same pods."},
  };
  return metrics;
}

}  // namespace

const std::vector<Metric>& connection_metrics() {
  static const std::vector<Metric> all = [] {
    std::vector<Metric> joined;
    for (const auto* part : {&use_metrics(), &trouble_metrics(), &turnover_metrics()}) {
      joined.insert(joined.end(), part->begin(), part->end());
    }
    return joined;
  }();
  return all;
}

}  // namespace mesh
