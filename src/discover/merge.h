// What several sources found, as one list: the same pod found twice is one target.
#pragma once

#include <span>

#include "model/discovered.h"

namespace mesh {

// Sources in the order of their precedence, the most deliberate first: of targets with the same id,
// or of another source at the same door, the first is kept whole. The order of targets is that of
// the sources. Beyond limits::targets they are not watched, and listed as such.
Discovered merge(std::span<const Discovered> sources);

}  // namespace mesh
