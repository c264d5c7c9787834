// The list of findings; each part of it is a file of its own.
#include "compute/findings.h"

namespace mesh {

std::span<const FindingMaker> finding_makers() { return certificate_findings(); }

std::vector<Finding> findings(const Snapshot& snapshot, WallTime now) {
  std::vector<Finding> found;
  for (const FindingMaker& maker : finding_makers()) maker.find(snapshot, now, found);
  return found;
}

}  // namespace mesh
