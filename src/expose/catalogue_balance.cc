// See catalogue.h for what a line of it promises.
#include "expose/catalogue_balance.h"

#include <string_view>

namespace mesh {

const std::vector<Metric>& balance_metrics() {
  using enum MetricKind;
  constexpr Section section = Section::load_balance;
  static const std::vector<std::string_view> upstream{"upstream", "subset"};
  static const std::vector<Metric> metrics{
      {"mesh_upstream_balance_requests", gauge, section, upstream,
       "Requests to all endpoints of the upstream over the window (poll.window). Adds up over "
       "clients, as do the next four."},
      {"mesh_upstream_balance_requests_squared", gauge, section, upstream,
       "Sum over the endpoints of their requests over the window, each squared."},
      {"mesh_upstream_balance_requests_max", gauge, section, upstream,
       "Requests of the busiest endpoint over the window."},
      {"mesh_upstream_balance_endpoints", gauge, section, upstream,
       "Endpoints that could be chosen within the window; of a priority that stands by and took no "
       "traffic, none."},
      {"mesh_upstream_balance_connections", gauge, section, upstream,
       "Connections from this sidecar to all endpoints of the upstream that are open now."},
      {"mesh_upstream_imbalance_ratio", gauge, section, upstream,
       "Requests of the busiest endpoint over their mean, over the window: 1 is even, the number "
       "of "
       "endpoints means all on one. Absent without requests."},
      {"mesh_upstream_effective_endpoints", gauge, section, upstream,
       "How many endpoints would do the work if it were even among them, over the window: 12 pods "
       "that do the work of 2.3. Absent without requests."},
      {"mesh_upstream_requests_per_connection", gauge, section, upstream,
       "Requests over the window per connection open now. Absent without either."},
      {"mesh_upstream_balance_verdict",
       gauge,
       section,
       {"upstream", "subset", "verdict"},
       "What the requests over the window amount to, by verdict: balanced, too_little_traffic (to "
       "tell from luck), connection_pinned (requests follow connections), uneven (a skew without "
       "an explanation), or a skew explained: weighted, locality (zones and priorities), ejected "
       "(or unhealthy, draining, without a connection), warming (endpoints joined or left). The "
       "one "
       "that holds is 1, the others 0."},
  };
  return metrics;
}

const std::vector<Metric>& pod_balance_metrics() {
  using enum MetricKind;
  constexpr Section section = Section::load_balance;
  static const std::vector<Metric> metrics{
      {"mesh_pod_grpc_requests_total",
       counter,
       section,
       {},
       "Finished gRPC calls that the pod received, all methods together: what merges over nodes to "
       "the balance of a workload."},
      {"mesh_pod_connections",
       gauge,
       section,
       {},
       "Connections open from clients to the pod's sidecar: to listeners that speak TLS, else to "
       "those named as inbound, else to all. Absent where no calls were received in the window."},
      {"mesh_grpc_server_connections",
       gauge,
       section,
       {},
       "Connections open to the gRPC servers of an application that has channelz, without this "
       "exporter's own. Absent, as are the next three, for more than a hundred of them, and where "
       "the library does not tell of each."},
      {"mesh_grpc_server_connections_used",
       gauge,
       section,
       {},
       "Of the connections open now, those over which a call began within the window "
       "(poll.window)."},
      {"mesh_grpc_server_connection_requests",
       gauge,
       section,
       {},
       "Calls that began over the connections open now, within the window."},
      {"mesh_grpc_server_connection_requests_max",
       gauge,
       section,
       {},
       "Of them, those over the busiest connection: all of them where calls keep to one."},
      {"mesh_workload_imbalance_ratio",
       gauge,
       section,
       {},
       "Calls received by the busiest pod of the workload on this node over their mean, over the "
       "window. The label pod is empty. Absent for fewer than two pods."},
      {"mesh_workload_balance_verdict",
       gauge,
       section,
       {"verdict"},
       "As mesh_upstream_balance_verdict, of the pods of the workload on this node by the calls "
       "they "
       "received. The label pod is empty."},
  };
  return metrics;
}

}  // namespace mesh
