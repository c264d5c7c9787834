// What was found, and of the configuration what was not; see probe_rows.h.
#include "expose/probe_rows.h"

#include <set>
#include <tuple>

#include "config/config.h"

namespace mesh {

// Those of the configuration are nobody's pod.
std::string_view ProbeRow::source() const {
  return whose->pod.empty() ? "configured" : "kubernetes";
}

std::string_view ProbeRow::tls() const {
  if (!server->tls) return "plain";
  return server->tls->client_certificate_file.empty() ? "tls" : "mutual_tls";
}

std::vector<ProbeRow> probe_rows(const Page& page, const ReportFilter& filter) {
  using Place = std::tuple<std::string_view, std::string_view, std::string_view>;
  std::vector<ProbeRow> rows;
  std::set<Place> asked;
  for (const auto& state : page.snapshot.grpc_health) {
    asked.emplace(state->whose.ns, state->name, state->service);
    if (!filter.lets(state->whose)) continue;
    rows.push_back({state.get(), &state->whose, &state->server, state->name, state->service});
  }
  if (!page.options.in_force) return rows;
  for (const GrpcProbe& probe : page.options.in_force->probes.grpc) {
    if (!filter.lets(probe.whose)) continue;
    for (const std::string& service : probe.services) {
      if (asked.contains({probe.whose.ns, probe.name, service})) continue;
      rows.push_back({nullptr, &probe.whose, &probe.server, probe.name, service});
    }
  }
  return rows;
}

std::string_view health_words(HealthStatus status) {
  switch (status) {
    case HealthStatus::serving: return "serving";
    case HealthStatus::not_serving: return "not serving";
    case HealthStatus::unknown: return "unknown, says the server";
    case HealthStatus::service_unknown: return "the server knows no such service";
    case HealthStatus::unimplemented: return "answers, and has no health service";
    case HealthStatus::failed: return "answers something else";
    case HealthStatus::unreachable: return "unreachable";
    case HealthStatus::not_asked: return "cannot be asked";
  }
  return "";
}

}  // namespace mesh
