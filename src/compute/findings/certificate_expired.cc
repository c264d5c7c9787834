// A certificate in use is past its end: whatever connects anew is refused.
#include "compute/findings/all.h"
#include "compute/findings/by_status.h"

namespace mesh {
namespace {

void find(const Snapshot& snapshot, WallTime now, std::vector<Finding>& found) {
  find_status("certificate_expired", CertificateStatus::expired, snapshot, now, found,
              [](const KnownCertificate& known, std::chrono::sys_seconds second) {
                const auto ago = (second - known.in_use.not_after).count();
                return CertificateVerdict{Severity::critical, "expired " + span_of(ago) + " ago"};
              });
}

}  // namespace

const FindingMaker certificate_expired{"certificate_expired", "A certificate in use has expired.",
                                       Stated::at_once, find, Among::certificates};

}  // namespace mesh
