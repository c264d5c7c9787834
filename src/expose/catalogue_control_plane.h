// The catalogue's part about control planes.
#pragma once

#include <vector>

#include "expose/catalogue.h"

namespace mesh {

const std::vector<Metric>& control_plane_metrics();

}  // namespace mesh
