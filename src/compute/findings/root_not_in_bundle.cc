// A proxy trusts, or a server shows, a root that the configured bundle lacks. Nothing is broken by
// that yet, which is why it is not trust_broken: whoever has the root already trusts more than was
// agreed, and who has the bundle alone will refuse what that root issues.
#include "compute/findings/all.h"
#include "compute/findings/by_status.h"
#include "compute/roots_in_use.h"

namespace mesh {
namespace {

void find(const Snapshot& snapshot, WallTime, std::vector<Finding>& found) {
  for (const RootInUse& one : roots_in_use(snapshot)) {
    if (one.in_bundle) continue;
    Finding finding{"root_not_in_bundle",
                    Severity::warning,
                    *one.whose,
                    one.where,
                    "",
                    "",
                    name_of(*one.root),
                    "",
                    {},
                    "",
                    {}};
    const bool served = one.place->source == CertificateSource::handshake;
    const std::string& serial = one.root->serial;
    finding.cause = finding.subject + (serial.empty() ? "" : " (serial " + serial + ")") +
                    (served ? " is shown" : " is trusted") + " and is not in bundle " +
                    one.bundle->name;
    const auto count = static_cast<double>(one.bundle->certificates->size());
    finding.evidence.push_back({"bundle_certificates", count, Unit::count});
    finding.evidence.push_back({"root_not_after",
                                static_cast<double>(one.root->not_after.time_since_epoch().count()),
                                Unit::unix_seconds});
    finding.remedy =
        "if the root is to be trusted, add it to the bundle and to whoever verifies by it; if it "
        "is not, take it out of the proxy's trust: a replaced root stays until everybody is "
        "renewed";
    found.push_back(std::move(finding));
  }
}

}  // namespace

const FindingMaker root_not_in_bundle{
    "root_not_in_bundle", "A root is in use that the configured trust bundle does not have.",
    Stated::at_once, find, Among::bundles};

}  // namespace mesh
