// The catalogue's lines about connections that are counted as such, whatever they carry, and about
// the node's proxy that carries them.
#pragma once

#include <vector>

#include "expose/catalogue.h"

namespace mesh {

const std::vector<Metric>& tcp_metrics();

}  // namespace mesh
