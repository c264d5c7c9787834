// The part of the catalogue about how far the pods of a node have come into a mesh.
#pragma once

#include <vector>

#include "expose/catalogue.h"

namespace mesh {

const std::vector<Metric>& migration_metrics();

}  // namespace mesh
