// Sizes of memory as people set them: "256 MiB".
#pragma once

#include <cstdint>
#include <string>

namespace mesh {

// In the largest unit of which there is one, to the tenth below ten: "812 B", "1.5 GiB", "241 MiB".
std::string binary_bytes(std::uint64_t bytes);

}  // namespace mesh
