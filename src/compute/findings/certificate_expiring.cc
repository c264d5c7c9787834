// A certificate in use is so near its end that a mesh whose rotation works never gets there.
#include "compute/certificate_rows.h"
#include "compute/findings/all.h"
#include "compute/findings/by_status.h"

namespace mesh {
namespace {

void find(const Snapshot& snapshot, WallTime now, std::vector<Finding>& found) {
  find_status("certificate_expiring", CertificateStatus::expiring, snapshot, now, found,
              [](const KnownCertificate& known, std::chrono::sys_seconds second) {
                const auto left = known.in_use.not_after - second;
                const bool soon = left < expires_soon;
                return CertificateVerdict{soon ? Severity::critical : Severity::warning,
                                          "expires in " + span_of(left.count())};
              });
}

}  // namespace

const FindingMaker certificate_expiring{"certificate_expiring",
                                        "Less than 8 % of a certificate's life is left, or less "
                                        "than an hour of one that lives longer than a day.",
                                        Stated::at_once, find, Among::certificates};

}  // namespace mesh
