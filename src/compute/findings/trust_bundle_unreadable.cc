// The file of a trust bundle cannot be read: what is verified by it is verified by what it once
// was, or by nothing.
#include <utility>

#include "compute/findings/all.h"
#include "compute/findings/by_status.h"

namespace mesh {
namespace {

void find(const Snapshot& snapshot, WallTime now, std::vector<Finding>& found) {
  for (const TrustBundleState& bundle : snapshot.trust_bundles) {
    if (bundle.error.empty()) continue;
    Target nobody;
    nobody.mesh.clear();
    Finding finding{"trust_bundle_unreadable",
                    Severity::warning,
                    nobody,
                    bundle.file,
                    "",
                    "",
                    "bundle " + bundle.name,
                    "",
                    {},
                    "",
                    {}};
    finding.cause = finding.subject + ": " + bundle.error;
    if (bundle.read) {
      const auto age = std::chrono::floor<std::chrono::seconds>(now - *bundle.read).count();
      finding.cause += "; what was read " + span_of(age) + " ago is used";
      finding.evidence.push_back({"age", static_cast<double>(age), Unit::seconds});
    } else {
      finding.cause += "; nothing is verified by it";
    }
    finding.remedy =
        "put the bundle back in place by rename, as PEM and readable for the agent; mesh_exporter "
        "certificates --file FILE says what is in it";
    found.push_back(std::move(finding));
  }
}

}  // namespace

const FindingMaker trust_bundle_unreadable{"trust_bundle_unreadable",
                                           "The file of a trust bundle cannot be read.",
                                           Stated::at_once, find, Among::bundles};

}  // namespace mesh
