// The catalogue's lines about how evenly load falls.
#pragma once

#include <vector>

#include "expose/catalogue.h"

namespace mesh {

const std::vector<Metric>& balance_metrics();

}  // namespace mesh
