// A proxy that could not load what was renewed for it, and has loaded nothing since.
#include "compute/findings/all.h"

namespace mesh {
namespace {

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
                      "secret " + failure.secret,
                      "",
                      {},
                      "",
                      {}};
      finding.cause = finding.subject + ": " + failure.reason + " " +
                      std::to_string(failure.count) + " times, not renewed since";
      finding.evidence.push_back({"failures", static_cast<double>(failure.count), Unit::count});
      found.push_back(std::move(finding));
    }
  }
}

}  // namespace

const FindingMaker rotation_failing{
    "rotation_failing", "The proxy failed to load a renewed certificate and has loaded none since.",
    Stated::at_once, find};

}  // namespace mesh
