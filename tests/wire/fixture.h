// Recorded bodies for the tests of this room.
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

namespace mesh {

// The bytes of tests/fixtures/<path>; the test fails if there are none.
inline std::string fixture(const std::string& path) {
  std::ifstream file(std::string(MESH_TESTS_DIR "/fixtures/") + path, std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(file), {}};
  EXPECT_FALSE(bytes.empty()) << path;
  return bytes;
}

}  // namespace mesh
