// A gRPC server cannot be asked for its health since a file of the probe's own TLS is missing or
// does not fit. The fault is the agent's: of the server nothing is known, good or bad.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "compute/findings/about_pools.h"
#include "compute/findings/all.h"
#include "compute/findings/probe_command.h"

namespace mesh {
namespace {

Finding about(const GrpcHealthState& state, WallTime now) {
  Finding finding;
  finding.name = "grpc_probe_unusable";
  finding.severity = Severity::warning;
  finding.whose = state.whose;
  finding.where = qualified(state.whose.ns, state.name);
  finding.cause =
      "the agent cannot ask: it " + state.look.words + "; nothing is known about the server";
  finding.remedy =
      "put that file in place on the agent's side, as PEM and readable for the agent: ca_file has "
      "who signs the server's certificate, client_certificate the leaf and its chain, client_key "
      "the key of that leaf, not encrypted; the next probe reads it again. " +
      probe_command(state.server, state.service) +
      ", run as the agent's user, says whether it fits";
  finding.since = state.since;
  finding.evidence = {{"not_asked_for",
                       std::max(0.0, unix_seconds(now) - unix_seconds(state.since)),
                       Unit::seconds}};
  return finding;
}

// The files are those of all services of an endpoint, which stand together: it is told once.
void find(const Snapshot& snapshot, WallTime now, std::vector<Finding>& found) {
  const GrpcHealthState* told = nullptr;
  for (const auto& one : snapshot.grpc_health) {
    if (one->look.status != HealthStatus::not_asked) continue;
    if (told && told->name == one->name && told->whose == one->whose) continue;
    told = one.get();
    found.push_back(about(*one, now));
  }
}

}  // namespace

const FindingMaker grpc_probe_unusable{
    "grpc_probe_unusable",
    "A gRPC server cannot be asked for its health, for a TLS file of the probe itself is missing "
    "or does not fit.",
    Stated::at_once, find, Among::grpc_services};

}  // namespace mesh
