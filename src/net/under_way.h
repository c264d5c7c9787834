// Counts something for as long as it is under way, in a coroutine that may end in many ways.
#pragma once

#include <cstddef>

namespace mesh {

struct UnderWay {
  explicit UnderWay(std::size_t& number) : count(number) { ++count; }
  ~UnderWay() { --count; }
  UnderWay(const UnderWay&) = delete;
  UnderWay& operator=(const UnderWay&) = delete;

  std::size_t& count;
};

}  // namespace mesh
