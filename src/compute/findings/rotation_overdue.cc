// A leaf past the point at which its mesh renews: the first sign of a broken rotation, half a life
// before anything stops. What is expiring or expired on top of that is told as such.
#include "compute/findings/all.h"
#include "compute/findings/by_status.h"

namespace mesh {
namespace {

void find(const Snapshot& snapshot, WallTime now, std::vector<Finding>& found) {
  find_status("rotation_overdue", CertificateStatus::overdue, snapshot, now, found,
              [](const KnownCertificate& known, std::chrono::sys_seconds second) {
                return CertificateVerdict{
                    Severity::warning,
                    "should have been renewed " + span_of((second - *known.due).count()) +
                        " ago, expires in " + span_of((known.in_use.not_after - second).count())};
              });
}

}  // namespace

const FindingMaker rotation_overdue{
    "rotation_overdue", "A leaf is past the point at which its mesh renews it, plus slack.",
    Stated::at_once, find, Among::certificates};

}  // namespace mesh
