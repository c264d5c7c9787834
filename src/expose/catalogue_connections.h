// The catalogue's section about connection pools.
#pragma once

#include <vector>

#include "expose/catalogue.h"

namespace mesh {

const std::vector<Metric>& connection_metrics();

}  // namespace mesh
