// The findings: the one visible list of what the agent concludes by itself, and how each of them
// comes out of a snapshot. Every name has a section in docs/runbook.md, which says what to look at
// and which command fixes it.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "model/finding.h"
#include "model/snapshot.h"

namespace mesh {

struct FindingMaker {
  std::string_view name;
  std::string_view meaning;  // one line, for docs and pages
  void (*find)(const Snapshot& snapshot, WallTime now, std::vector<Finding>& found);
};

// In the order in which they matter: what stops a mesh first.
std::span<const FindingMaker> finding_makers();

// All that is true at `now`, in the order of the list.
std::vector<Finding> findings(const Snapshot& snapshot, WallTime now);

// The parts of the list.
std::span<const FindingMaker> certificate_findings();

}  // namespace mesh
