// See catalogue.h for what a line of it promises.
#include "expose/catalogue_grpc_health.h"

#include <string_view>

namespace mesh {

const std::vector<Metric>& grpc_health_metrics() {
  using enum MetricKind;
  constexpr Section section = Section::grpc_health;
  static const std::vector<std::string_view> which{"endpoint", "grpc_service"};
  static const std::vector<Metric> metrics{
      {"mesh_grpc_health_status",
       gauge,
       section,
       {"endpoint", "grpc_service", "status"},
       "What the last probe found (grpc.health.v1): serving, not_serving, unknown (says the "
       "server), service_unknown, unimplemented (it answers, and has no health service), failed "
       "(it answers something else), unreachable (no answer in time, or none at all) or not_asked "
       "(this exporter cannot ask: a file of the probe's own TLS is missing or does not fit, which "
       "says nothing about the server). The one that holds is 1, the others 0."},
      {"mesh_grpc_health_probe_duration_seconds", gauge, section, which,
       "How long the last probe took, or took to fail, in seconds; over a connection that was kept "
       "where there was one."},
      {"mesh_grpc_health_probes_total", counter, section, which,
       "Probes, however they ended, since this exporter's start; not those that could not be made "
       "(not_asked)."},
      {"mesh_grpc_health_probe_failures_total", counter, section, which,
       "Probes that found the service neither serving nor without a health service."},
  };
  return metrics;
}

}  // namespace mesh
