// What belongs to all targets together: sums over their histories that go into the Snapshot beside
// the states of the targets themselves. Pure.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "compute/fold.h"
#include "model/snapshot.h"

namespace mesh {

// The exported family that a folded source belongs to.
std::string_view family_of(Counted counted);

// `folds` are the fold counts of every target there ever was.
std::vector<FoldedSeries> sum_folds(const std::vector<FoldCounts>& folds);

}  // namespace mesh
