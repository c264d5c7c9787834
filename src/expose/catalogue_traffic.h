// The catalogue's lines about calls.
#pragma once

#include <vector>

#include "expose/catalogue.h"

namespace mesh {

const std::vector<Metric>& traffic_metrics();

}  // namespace mesh
