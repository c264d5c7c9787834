// gRPC servers that are asked for their health, a row for each service: what the report, its JSON
// and the page show.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "expose/page.h"
#include "model/grpc_probe.h"
#include "model/report_filter.h"

namespace mesh {

// Borrows from the page.
struct ProbeRow {
  const GrpcHealthState* state = nullptr;  // null: it was not asked yet
  const Target* whose = nullptr;
  const GrpcServer* server = nullptr;
  std::string_view name, service;  // of the service "": the server as a whole

  bool is_up() const { return state && mesh::is_up(state->look.status); }
  std::string_view source() const;  // "configured", "kubernetes"
  std::string_view tls() const;     // "plain", "tls", "mutual_tls"
};

// Of the configuration and of pods, in their order; those that were not asked yet at the end. Who
// has no pod is shown to who asks for none.
std::vector<ProbeRow> probe_rows(const Page& page, const ReportFilter& filter);

// "not serving", "answers, and has no health service": what the last look found, for people.
std::string_view health_words(HealthStatus status);

}  // namespace mesh
