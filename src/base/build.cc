// The version, told to this file alone, so that another one compiles little.
#include "base/build.h"

namespace mesh::build {

constinit const std::string_view version = MESH_VERSION;

}  // namespace mesh::build
