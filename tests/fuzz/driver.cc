// The entry libFuzzer calls; MESH_FUZZ_TARGET names the function of MESH_FUZZ_HEADER behind it.
#include <cstddef>
#include <cstdint>

#include MESH_FUZZ_HEADER

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  mesh::fuzz::MESH_FUZZ_TARGET({reinterpret_cast<const char*>(data), size});
  return 0;
}
