// A unique_ptr for what a C library hands out: Owned<X509, X509_free>. The freeing function is part
// of the type, so the pointer is as small as a plain one and cannot be freed by the wrong function.
#pragma once

#include <memory>

namespace mesh {

template <auto free_function>
struct FreeBy {
  template <class T>
  void operator()(T* pointer) const {
    free_function(pointer);
  }
};

template <class T, auto free_function>
using Owned = std::unique_ptr<T, FreeBy<free_function>>;

}  // namespace mesh
