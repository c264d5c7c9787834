// The catalogue's part about control planes.
#pragma once

#include <vector>

#include "expose/catalogue.h"

namespace mesh {

const std::vector<Metric>& control_plane_metrics();
// Of control planes themselves, and of what they issue and support.
const std::vector<Metric>& plane_metrics();
const std::vector<Metric>& issuer_metrics();

}  // namespace mesh
