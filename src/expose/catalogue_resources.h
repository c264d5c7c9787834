// The part of the catalogue about what sidecars take of their node.
#pragma once

#include <vector>

#include "expose/catalogue.h"

namespace mesh {

const std::vector<Metric>& resource_metrics();

}  // namespace mesh
