// A certificate in use begins in the future: a clock is wrong, here or at the issuer.
#include <array>

#include "compute/findings/all.h"
#include "compute/findings/by_status.h"

namespace mesh {
namespace {

constexpr std::array remedies{
    Remedy{"", "compare the clocks of this node and of the issuer (chronyc tracking)"},
};

void find(const Snapshot& snapshot, WallTime now, std::vector<Finding>& found) {
  find_status("certificate_not_yet_valid", CertificateStatus::not_yet_valid, snapshot, now, found,
              [](const KnownCertificate& known, std::chrono::sys_seconds second) {
                const auto ahead = (*known.in_use.not_before - second).count();
                return CertificateVerdict{
                    Severity::warning,
                    "is valid in " + span_of(ahead) + ", by the clock of this node", remedies};
              });
}

}  // namespace

const FindingMaker certificate_not_yet_valid{
    "certificate_not_yet_valid",
    "A certificate in use is not valid yet: a clock is wrong somewhere.", Stated::at_once, find,
    Among::certificates};

}  // namespace mesh
