// Result<T, E>: the value of something that the world can make fail, or why it failed.
//
// A target that does not answer is ordinary data for this program, so failure travels in return
// values: `if (!r) use(r.error()); else use(*r);`. Exceptions stay where libraries throw them.
// (std::expected is C++23; this is the part of it that the program uses.)
#pragma once

#include <cassert>
#include <string>
#include <utility>
#include <variant>

namespace mesh {

// A failure that has nothing but words, complete enough to be shown to the user as it is.
struct Error {
  std::string message;
};

template <class T, class E = Error>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(E error) : state_(std::in_place_index<1>, std::move(error)) {}

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  // REQUIRES: ok()
  T& operator*() { return value(); }
  const T& operator*() const { return const_cast<Result*>(this)->value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &const_cast<Result*>(this)->value(); }

  // REQUIRES: !ok()
  const E& error() const {
    assert(!ok());
    return *std::get_if<1>(&state_);
  }

 private:
  T& value() {
    assert(ok());
    return *std::get_if<0>(&state_);
  }

  std::variant<T, E> state_;
};

}  // namespace mesh
