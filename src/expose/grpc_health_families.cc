// Health of gRPC servers: what the last probe found, and how all of them went.
#include <array>

#include "expose/families.h"

namespace mesh {
namespace {

// Calls visit(state, labels) for every service that was asked.
template <class Visit>
void each_service(const Page& page, Visit visit) {
  for (const auto& state : page.snapshot.grpc_health) {
    Labels labels(state->whose);
    labels.with("endpoint", state->name).with("grpc_service", state->service);
    visit(*state, labels);
  }
}

void status(const Page& page, FamilyBuilder& family) {
  each_service(page, [&](const GrpcHealthState& state, const Labels& labels) {
    for (const HealthStatus one : all_health_statuses) {
      Labels with_status = labels;
      with_status.with("status", to_string(one));
      family.state(std::move(with_status), state.look.status == one ? 1 : 0);
    }
  });
}

void duration(const Page& page, FamilyBuilder& family) {
  each_service(page, [&](const GrpcHealthState& state, const Labels& labels) {
    family.state(labels, seconds(state.look.took));
  });
}

void probes(const Page& page, FamilyBuilder& family) {
  each_service(page, [&](const GrpcHealthState& state, const Labels& labels) {
    family.add(labels, state.probes);
  });
}

void failures(const Page& page, FamilyBuilder& family) {
  each_service(page, [&](const GrpcHealthState& state, const Labels& labels) {
    family.add(labels, state.failures);
  });
}

constexpr std::array makers{
    FamilyMaker{"mesh_grpc_health_status", status},
    FamilyMaker{"mesh_grpc_health_probe_duration_seconds", duration},
    FamilyMaker{"mesh_grpc_health_probes_total", probes},
    FamilyMaker{"mesh_grpc_health_probe_failures_total", failures},
};

}  // namespace

std::span<const FamilyMaker> grpc_health_families() { return makers; }

}  // namespace mesh
