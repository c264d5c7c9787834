// What a look at the methods of a gRPC server brought.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "model/declared_methods.h"
#include "model/failure.h"

namespace mesh {

struct MethodLook {
  std::optional<DeclaredMethods> declared;  // of those services that were told of
  std::optional<Failure> failure;           // neither: the server has no reflection
  // Beside what is declared: services that are listed and of which nobody knows the methods.
  std::vector<std::string>
      unanswered{};         // they were asked for; `failure` is why they are not known
  std::size_t unasked = 0;  // there was no time left to ask for them
};

}  // namespace mesh
