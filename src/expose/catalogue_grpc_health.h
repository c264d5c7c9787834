// What is asked of gRPC servers: a part of the catalogue (catalogue.h).
#pragma once

#include <vector>

#include "expose/catalogue.h"

namespace mesh {

const std::vector<Metric>& grpc_health_metrics();

}  // namespace mesh
