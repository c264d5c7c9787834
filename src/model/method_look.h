// What a look at the methods of a gRPC server brought.
#pragma once

#include <optional>

#include "model/declared_methods.h"
#include "model/failure.h"

namespace mesh {

struct MethodLook {
  std::optional<DeclaredMethods> declared;
  std::optional<Failure> failure;  // neither: the server has no reflection
};

}  // namespace mesh
