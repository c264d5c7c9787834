// What is true at a moment, by the list of findings.
#include "compute/findings.h"

#include "compute/findings/all.h"

namespace mesh {

std::span<const FindingMaker* const> finding_makers() { return all_findings; }

std::vector<Finding> findings(const Snapshot& snapshot, WallTime now) {
  std::vector<Finding> found;
  for (const FindingMaker* maker : all_findings) {
    if (maker->stated == Stated::at_once) {
      maker->find(snapshot, now, found);
      continue;
    }
    for (const Finding& held : snapshot.held_findings) {
      if (held.name == maker->name) found.push_back(held);
    }
  }
  return found;
}

}  // namespace mesh
