// The version, told to this file alone, so that another one compiles little.
#include "base/build.h"

// For who reads the file without the build. A test holds the version against CMakeLists.txt.
#ifndef MESH_VERSION
#define MESH_VERSION ""
#endif

namespace mesh::build {

constinit const std::string_view version = MESH_VERSION;

}  // namespace mesh::build
