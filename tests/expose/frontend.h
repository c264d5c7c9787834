// What the tests of families share: the sidecar they are about, and how its samples begin.
#pragma once

#include <string>

#include "expose/families.h"
#include "expose/sample_page.h"

namespace mesh::sample {

// The identity labels of answering("frontend-0").
inline const std::string frontend =
    R"(mesh="envoy",namespace="shop",pod="frontend-0",workload="frontend")";

}  // namespace mesh::sample
