// Counts something for as long as it is under way, in a coroutine that may end in many ways: also
// by being destroyed with its event loop, after whoever counts is gone.
#pragma once

#include <cstddef>
#include <memory>
#include <utility>

namespace mesh {

using SharedCount = std::shared_ptr<std::size_t>;

class UnderWay {
 public:
  explicit UnderWay(SharedCount count) : count_(std::move(count)) { ++*count_; }
  ~UnderWay() { --*count_; }
  UnderWay(const UnderWay&) = delete;
  UnderWay& operator=(const UnderWay&) = delete;

 private:
  SharedCount count_;
};

}  // namespace mesh
