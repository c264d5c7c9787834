// A server shows a chain that a configured bundle does not vouch for. What is expired or not yet
// valid is told as such.
#include "compute/findings/all.h"

namespace mesh {
namespace {

void find(const Snapshot& snapshot, WallTime, std::vector<Finding>& found) {
  for (const auto& state : snapshot.tls_endpoints) {
    if (!state->up || !state->handshake.trust) continue;
    const TrustVerdict& trust = *state->handshake.trust;
    if (trust.verified || trust.reason == "expired" || trust.reason == "not_yet_valid") continue;
    Finding finding{"trust_broken",
                    Severity::critical,
                    state->whose,
                    where_of(*state),
                    "",
                    "",
                    "bundle " + trust.bundle,
                    "",
                    {},
                    "",
                    {}};
    finding.cause = finding.subject + ": " + trust.words;
    if (state->certificates) {
      const auto count = static_cast<double>(state->certificates->known.size());
      finding.evidence.push_back({"certificates_shown", count, Unit::count});
    }
    finding.remedy =
        "mesh_exporter certificates --connect HOST:PORT shows what is served: let the server send "
        "its intermediate, or add the new root to the bundle before the old one leaves it";
    found.push_back(std::move(finding));
  }
}

}  // namespace

const FindingMaker trust_broken{"trust_broken",
                                "A trust bundle does not vouch for the chain that a server shows.",
                                Stated::at_once, find, Among::verified};

}  // namespace mesh
