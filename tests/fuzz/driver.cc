// The entry libFuzzer calls; MESH_FUZZ_TARGET names the function of targets.h behind it.
#include <cstddef>
#include <cstdint>

#include "fuzz/targets.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  mesh::fuzz::MESH_FUZZ_TARGET({reinterpret_cast<const char*>(data), size});
  return 0;
}
