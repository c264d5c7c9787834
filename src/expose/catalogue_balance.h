// The catalogue's lines about how evenly load falls.
#pragma once

#include <vector>

#include "expose/catalogue.h"

namespace mesh {

const std::vector<Metric>& balance_metrics();      // of upstreams
const std::vector<Metric>& pod_balance_metrics();  // and of pods and workloads

}  // namespace mesh
