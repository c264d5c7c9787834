// A leaf past the point at which its mesh renews: the first sign of a broken rotation, half a life
// before anything stops. What is expiring or expired on top of that is told as such.
#include "compute/findings/all.h"
#include "compute/findings/by_status.h"

namespace mesh {
namespace {

void find(const Snapshot& snapshot, WallTime now, std::vector<Finding>& found) {
  find_status("rotation_overdue", CertificateStatus::overdue, snapshot, now, found,
              [](const KnownCertificate& known, std::chrono::sys_seconds second) {
                CertificateVerdict verdict;
                verdict.words = "should have been renewed " +
                                span_of((second - *known.due).count()) + " ago, expires in " +
                                span_of((known.in_use.not_after - second).count());
                // By which it can be told whether the point is right for whoever issues here.
                if (known.rotation_point) {
                  verdict.evidence = {{"rotation_point", *known.rotation_point, Unit::ratio}};
                }
                return verdict;
              });
}

}  // namespace

const FindingMaker rotation_overdue{
    "rotation_overdue", "A leaf is past the point at which its mesh renews it, plus slack.",
    Stated::at_once, find, Among::certificates};

}  // namespace mesh
