// The list itself. Names and labels are the program's interface to dashboards and alerts: add
// freely, rename never without a decision note.
#include "expose/catalogue.h"

#include <algorithm>

#include "expose/catalogue_balance.h"
#include "expose/catalogue_certificates.h"
#include "expose/catalogue_connections.h"
#include "expose/catalogue_control_plane.h"
#include "expose/catalogue_grpc_health.h"
#include "expose/catalogue_migration.h"
#include "expose/catalogue_resources.h"
#include "expose/catalogue_tcp.h"
#include "expose/catalogue_traffic.h"

namespace mesh {
namespace {

using enum MetricKind;
using enum Section;

const std::vector<Metric>& load_balance_metrics() {
  static const std::vector<Metric> metrics{
      {"mesh_upstream_endpoint_requests_total",
       counter,
       load_balance,
       {"upstream", "subset", "endpoint", "endpoint_pod"},
       "Requests that this sidecar sent to one endpoint of the upstream, retries included."},
      {"mesh_upstream_endpoint_failures_total",
       counter,
       load_balance,
       {"upstream", "subset", "endpoint", "endpoint_pod"},
       "Requests to one endpoint of the upstream that failed, as this sidecar counts it: a reset, "
       "or a status that means a server's error (gRPC: UNKNOWN, DEADLINE_EXCEEDED, UNIMPLEMENTED, "
       "INTERNAL, UNAVAILABLE, DATA_LOSS; Linkerd: PERMISSION_DENIED in the place of "
       "UNIMPLEMENTED; mesh proxyless: any status but OK)."},
      {"mesh_upstream_endpoint_connections_opened_total",
       counter,
       load_balance,
       {"upstream", "subset", "endpoint", "endpoint_pod"},
       "Connections that this sidecar opened to one endpoint of the upstream."},
      {"mesh_upstream_endpoint_connections",
       gauge,
       load_balance,
       {"upstream", "subset", "endpoint", "endpoint_pod"},
       "Connections from this sidecar to one endpoint of the upstream that are open now."},
      {"mesh_upstream_endpoints",
       gauge,
       load_balance,
       {"upstream", "subset", "state"},
       "Endpoints of the upstream as this sidecar sees them, by state: ready, ejected (outlier "
       "detection), unhealthy (Linkerd: pending, which is being connected to or put aside by "
       "failure accrual) or draining."},
  };
  return metrics;
}

const std::vector<Metric>& sidecar_metrics() {
  static const std::vector<Metric> metrics{
      {"mesh_sidecar_info",
       info,
       sidecar,
       {"version", "mesh_version", "build", "node_id"},
       "What the proxy says it is. Always 1."},
      {"mesh_sidecar_uptime_seconds",
       gauge,
       sidecar,
       {},
       "How long the proxy's process had been running when it last answered, in seconds."},
      {"mesh_sidecar_state",
       gauge,
       sidecar,
       {"state"},
       "State of the proxy: live, draining, pre_initializing or initializing. The one it is in is "
       "1, the others 0."},
  };
  return metrics;
}

const std::vector<Metric>& target_metrics() {
  static const std::vector<Metric> metrics{
      {"mesh_target_up",
       gauge,
       target,
       {},
       "1 if the last poll of the target brought readings, else 0. Absent before the first poll "
       "ended."},
      {"mesh_target_access",
       gauge,
       target,
       {"method"},
       "1 for each way in which the target is reached: admin (its admin port), namespace (its "
       "admin port on a loopback that is not ours, in the pod's network namespace), metrics (its "
       "page of metrics), handshake (the port at which it takes calls), grpc (the port at which it "
       "is asked by gRPC)."},
      {"mesh_target_scrape_duration_seconds",
       gauge,
       target,
       {},
       "How long the last poll of the target took, all its questions together, in seconds."},
      {"mesh_target_scrape_bytes",
       gauge,
       target,
       {},
       "Size of the answers of the last poll of the target, in bytes of body; of an answer that "
       "was refused or cut, what was read of it."},
      {"mesh_target_last_success_timestamp_seconds",
       gauge,
       target,
       {},
       "When a poll of the target last succeeded, in seconds since 1970. Absent before the first "
       "success."},
      {"mesh_target_poll_interval_seconds",
       gauge,
       target,
       {},
       "The pace at which the target is polled now, in seconds. Above the configured poll.interval "
       "the exporter has backed off."},
      {"mesh_target_scrape_errors_total",
       counter,
       target,
       {"reason"},
       "Questions to the target that brought no answer, by reason: connect, timeout, tls, "
       "http_status, too_large, parse or forbidden; not_asked where a file of the agent's own TLS "
       "cannot be used, of targets that are asked so."},
      {"mesh_target_parse_errors_total",
       counter,
       target,
       {},
       "Lines and values in the target's answers that could not be understood and were skipped."},
      {"mesh_target_ambiguous_series",
       gauge,
       target,
       {},
       "Series of the target's last answer whose service, method or upstream the source does not "
       "tell for certain; they are exported with the label empty."},
  };
  return metrics;
}

const std::vector<Metric>& exporter_metrics() {
  static const std::vector<Metric> metrics{
      {"mesh_exporter_build_info",
       info,
       exporter,
       {"version", "revision", "compiler", "build", "platform"},
       "What this binary is and was built with. Always 1."},
      {"mesh_exporter_targets", gauge, exporter, {}, "Targets that are configured or discovered."},
      {"mesh_exporter_discovered_targets",
       gauge,
       exporter,
       {"source"},
       "Targets that a source of targets gives, beside those that the configuration lists; the "
       "same "
       "target may come from several."},
      {"mesh_exporter_discovery_problems",
       gauge,
       exporter,
       {"source"},
       "What this source of targets, of Secrets, or of the memory of sidecars (kubelet) cannot "
       "read "
       "now: files or entries of them, or a server's answers. What was known before goes on being "
       "watched. The log and `/` name each."},
      {"mesh_exporter_discovery_last_success_timestamp_seconds",
       gauge,
       exporter,
       {"source"},
       "When this source of targets, of Secrets, or of memory was last read without a problem, in "
       "seconds "
       "since 1970."},
      {"mesh_exporter_pass_duration_seconds",
       gauge,
       exporter,
       {"stage"},
       "Time of the last pass over all targets, in seconds: stage scrape is the sum over its "
       "targets, which are asked side by side; stage total lasts until all have answered, one "
       "interval at most."},
      {"mesh_exporter_snapshot_age_seconds",
       gauge,
       exporter,
       {},
       "Age of what this page shows about the targets, in seconds."},
      {"mesh_exporter_series_folded_total",
       counter,
       exporter,
       {"family"},
       "Series over a configured limit that were summed into the label value other, by metric "
       "family."},
      {"mesh_exporter_config_last_reload_successful",
       gauge,
       exporter,
       {},
       "1 if the configuration (that of the web, too) was last read without errors, else 0."},
      {"mesh_exporter_config_last_reload_success_timestamp_seconds",
       gauge,
       exporter,
       {},
       "When the configuration now in force was read, in seconds since 1970."},
  };
  return metrics;
}

const std::vector<Metric>& process_metrics() {
  static const std::vector<Metric> metrics{
      {"process_cpu_seconds_total",
       counter,
       process,
       {},
       "Processor time this exporter has used, user and system, in seconds."},
      {"process_resident_memory_bytes", gauge, process, {}, "Resident memory size in bytes."},
      {"process_virtual_memory_bytes", gauge, process, {}, "Virtual memory size in bytes."},
      {"process_virtual_memory_max_bytes",
       gauge,
       process,
       {},
       "Most virtual memory the process may have, in bytes; 1.8e19 is no limit."},
      {"process_open_fds", gauge, process, {}, "Number of open file descriptors."},
      {"process_max_fds",
       gauge,
       process,
       {},
       "Most file descriptors the process may have open; 1.8e19 is no limit."},
      {"process_start_time_seconds",
       gauge,
       process,
       {},
       "When the process started, in seconds since 1970."},
  };
  return metrics;
}

std::vector<Metric> all_metrics() {
  std::vector<Metric> all;
  for (const auto* part : {&traffic_metrics(),
                           &load_balance_metrics(),
                           &balance_metrics(),
                           &pod_balance_metrics(),
                           &connection_metrics(),
                           &tcp_metrics(),
                           &sidecar_metrics(),
                           &migration_metrics(),
                           &resource_metrics(),
                           &control_plane_metrics(),
                           &plane_metrics(),
                           &issuer_metrics(),
                           &grpc_health_metrics(),
                           &certificate_metrics(),
                           &tls_probe_metrics(),
                           &trust_metrics(),
                           &target_metrics(),
                           &exporter_metrics(),
                           &certificate_exporter_metrics(),
                           &process_metrics()}) {
    all.insert(all.end(), part->begin(), part->end());
  }
  return all;
}

}  // namespace

std::span<const Metric> catalogue() {
  static const std::vector<Metric> all = all_metrics();
  return all;
}

const Metric* find_metric(std::string_view name) {
  const auto found = std::ranges::find(catalogue(), name, &Metric::name);
  return found == catalogue().end() ? nullptr : &*found;
}

std::string_view to_string(Section of) {
  switch (of) {
    case Section::traffic: return "traffic";
    case Section::load_balance: return "load_balance";
    case Section::connection: return "connection";
    case Section::sidecar: return "sidecar";
    case Section::grpc_health: return "grpc_health";
    case Section::certificate: return "certificate";
    case Section::target: return "target";
    case Section::exporter: return "exporter";
    case Section::process: return "process";
  }
  return "";
}

bool has_identity(Section section) { return section != exporter && section != process; }

}  // namespace mesh
