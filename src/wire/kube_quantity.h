// Quantities of Kubernetes: "512Mi", "1.5Gi", "250m", "1e9", as limits of memory and processors are
// written.
#pragma once

#include <optional>
#include <string_view>

namespace mesh {

// In bytes, or cores. Nothing for what is no quantity, or is negative.
std::optional<double> parse_kube_quantity(std::string_view text);

}  // namespace mesh
