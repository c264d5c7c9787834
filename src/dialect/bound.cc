// Numbers as their shortest texts; see bound.h.
#include "dialect/bound.h"

#include <charconv>
#include <cmath>

namespace mesh {

std::string bound_in_seconds(double bound, double per_second) {
  if (std::isinf(bound)) return "+Inf";
  char text[400];  // fixed notation of any double
  const auto end =
      std::to_chars(text, text + sizeof text, bound / per_second, std::chars_format::fixed);
  return {text, end.ptr};
}

}  // namespace mesh
