// Forgetting: overwrites bytes that may be part of a private key or a password, so that they are
// not found later in freed memory or a core dump. Not optimised away, unlike std::memset.
#pragma once

#include <string.h>  // explicit_bzero is not in <cstring>'s namespace

#include <string>

namespace mesh {

// Empty afterwards; what lay behind its end from longer days is gone too.
inline void wipe(std::string& text) {
  text.resize(text.capacity());
  explicit_bzero(text.data(), text.size());
  text.clear();
}

}  // namespace mesh
