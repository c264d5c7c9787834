// Forgetting: overwrites bytes that may be part of a private key or a password, so that they are
// not found later in freed memory or a core dump. Not optimised away, unlike std::memset.
#pragma once

#include <string.h>  // explicit_bzero is not in <cstring>'s namespace

#include <cstddef>
#include <memory>
#include <string>

namespace mesh {

// Empty afterwards; what lay behind its end from longer days is gone too.
inline void wipe(std::string& text) {
  text.resize(text.capacity());
  explicit_bzero(text.data(), text.size());
  text.clear();
}

// For buffers that grow: what is given back is overwritten first.
template <class T>
struct WipingAllocator {
  using value_type = T;

  WipingAllocator() = default;
  template <class U>
  WipingAllocator(const WipingAllocator<U>&) {}  // NOLINT(google-explicit-constructor)

  T* allocate(std::size_t count) { return std::allocator<T>().allocate(count); }
  void deallocate(T* memory, std::size_t count) {
    explicit_bzero(static_cast<void*>(memory), count * sizeof(T));
    std::allocator<T>().deallocate(memory, count);
  }

  bool operator==(const WipingAllocator&) const = default;
};

// Texts of a few bytes lie in the object itself and are not overwritten.
using WipedText = std::basic_string<char, std::char_traits<char>, WipingAllocator<char>>;

// Empty afterwards, and keeps its memory.
inline void forget(WipedText& text) {
  explicit_bzero(text.data(), text.size());
  text.clear();
}

}  // namespace mesh
