// A proxy that could not load what was renewed for it, and has loaded nothing since; or the agent
// of its mesh, which could not get it.
#include "compute/findings/all.h"
#include "compute/findings/renewal_remedies.h"

namespace mesh {
namespace {

// Agents do not tell which secret it was.
std::string whose_renewal(const RotationFailure& failure) {
  if (failure.source == CertificateSource::proxy) return "the mesh's agent";
  return "secret " + failure.secret;
}

std::string remedy_of(const RotationFailure& failure, std::string_view mesh) {
  if (failure.reason == "key_rotation_failed") {
    return "the files it was told to load do not fit together or cannot be read: compare "
           "mesh_exporter certificates --file CERTIFICATE with what the proxy has, and replace "
           "key and certificate by rename";
  }
  return remedy_for(mesh, renewal_remedies);
}

void find(const Snapshot& snapshot, WallTime, std::vector<Finding>& found) {
  for (const auto& state : snapshot.targets) {
    for (const RotationFailure& failure : state->rotation_failures) {
      if (!failure.failing) continue;
      Finding finding{"rotation_failing",
                      Severity::warning,
                      state->target,
                      target_id(state->target),
                      "",
                      "",
                      whose_renewal(failure),
                      "",
                      {},
                      "",
                      {}};
      finding.cause = finding.subject + ": " + failure.reason + " " +
                      std::to_string(failure.count) + " times, not renewed since";
      finding.evidence.push_back({"failures", static_cast<double>(failure.count), Unit::count});
      finding.remedy = remedy_of(failure, state->target.mesh);
      found.push_back(std::move(finding));
    }
  }
}

}  // namespace

const FindingMaker rotation_failing{
    "rotation_failing",
    "The proxy or its mesh's agent failed to renew a certificate and has renewed none since.",
    Stated::at_once, find};

}  // namespace mesh
