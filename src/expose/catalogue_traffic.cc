// See catalogue.h for what a line of it promises.
#include "expose/catalogue_traffic.h"

#include <string_view>

namespace mesh {

const std::vector<Metric>& traffic_metrics() {
  using enum MetricKind;
  using enum Section;
  static const std::vector<std::string_view> service{"grpc_service"};
  static const std::vector<std::string_view> method{"direction", "upstream", "subset",
                                                    "grpc_service", "grpc_method"};
  static const std::vector<std::string_view> call{"direction",    "upstream",    "subset",
                                                  "grpc_service", "grpc_method", "grpc_code"};
  static const std::vector<Metric> metrics{
      {"mesh_grpc_requests_total", counter, traffic, call,
       "Finished gRPC calls by final status, once per call whatever was retried. Never runs "
       "backwards when a proxy restarts. Linkerd: by a route that is neither a GRPCRoute nor of a "
       "ServiceProfile, and inbound, each attempt is a call. Istio, where it keeps no statistics "
       "of clusters: as its own filter counts them, with a port in upstream only where the host is "
       "known with exactly one; a waypoint's calls are outbound. What an application counts of "
       "itself (mesh app) are the same calls as its sidecar's, seen with the blind spots of its "
       "gRPC library: docs/applications.md. Of mesh proxyless only OK and other are known: whether "
       "a call failed, and no method; the agent's own questions are taken off, its health probes "
       "(probes.grpc) are not."},
      {"mesh_grpc_request_rate", gauge, traffic, call,
       "Finished gRPC calls per second by final status, over the configured window (poll.window). "
       "Absent until the window has two samples."},
      {"mesh_grpc_error_ratio", gauge, traffic, method,
       "Share (0 to 1) of finished gRPC calls whose status counts as failure "
       "(grpc.failure_codes), over the configured window (poll.window). Absent without calls in "
       "it, and where of a failure only is told that it is one (mesh proxyless)."},
      {"mesh_grpc_messages_total",
       counter,
       traffic,
       {"direction", "upstream", "subset", "grpc_service", "grpc_method", "kind"},
       "gRPC messages, by kind: request or response. A stream counts each of its messages as it "
       "passes; libraries of applications may count them at its end, or those of streams only."},
      {"mesh_grpc_request_duration_seconds", histogram, traffic, method,
       "Duration of finished gRPC calls in seconds, where the sidecar measures it; Envoy: last "
       "byte sent to the upstream until last byte received, in whole milliseconds. A call of "
       "exactly a bound's length is within it since Envoy 1.38 only. Envoy's admin port has no sum "
       "(_sum is NaN; OpenMetrics: _sum and _count are left out) and no calls longer than the last "
       "bound. Linkerd: from the request's headers until the end of the answer, of each attempt, "
       "in whole milliseconds; of upstreams, and inbound of ports, that answer nothing but gRPC. "
       "Istio's filter: from the request's first byte until the stream was over for the caller, "
       "in whole milliseconds, whatever was retried. Of an application (mesh app) as its library "
       "measures it."},
      {"mesh_upstream_resets_total",
       counter,
       traffic,
       {"upstream", "subset", "kind"},
       "Streams cut short, most of which mesh_grpc_requests_total cannot see, by kind: remote "
       "(reset by the upstream), local (reset by this sidecar: the caller gave up, or a route "
       "timeout, which is counted as a call too), connection (connections that broke with streams "
       "open, whatever their number), lost (streams that went with their connection, or had waited "
       "for one that could not be made), unknown (who cut it short is not told; Linkerd, Istio)."},
      {"mesh_grpc_methods_declared", gauge, traffic, service,
       "Methods that a gRPC server says its service has, by server reflection (mesh proxyless)."},
      {"mesh_grpc_methods_unused", gauge, traffic, service,
       "Of mesh_grpc_methods_declared, those that nobody called since the agent started, as "
       "counted inbound by the sidecars and applications of all pods of the workload that it sees. "
       "Absent "
       "where none of them tells methods, or has more than are told apart."},
  };
  return metrics;
}

}  // namespace mesh
