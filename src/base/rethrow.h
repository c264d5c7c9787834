// How a coroutine ends that nobody waits for: what broke it off goes out of run(), to main, which
// says it.
#pragma once

#include <exception>

namespace mesh {

inline void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

}  // namespace mesh
