// By how much counters grew between two looks: of those that grew, which and by how much, in a few
// bytes each. Most counters of a proxy stand still most of the time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace mesh {

class PackedIncreases {
 public:
  // REQUIRES: the numbers of the counters rise from call to call; increase > 0.
  void add(std::uint32_t counter, std::uint64_t increase) {
    put(counter - next_);
    put(increase);
    next_ = counter + 1;
  }
  void shrink() { bytes_.shrink_to_fit(); }

  // visit(counter, increase), in the order in which they were added.
  template <class Visit>
  void each(Visit visit) const {
    std::uint32_t counter = 0;
    for (std::size_t at = 0; at < bytes_.size(); ++counter) {
      counter += static_cast<std::uint32_t>(take(at));
      visit(counter, take(at));
    }
  }

 private:
  // Seven bits a byte, the lowest first; the highest bit says that more follow.
  void put(std::uint64_t number) {
    for (; number >= 0x80; number >>= 7) bytes_.push_back(static_cast<char>(number | 0x80));
    bytes_.push_back(static_cast<char>(number));
  }
  std::uint64_t take(std::size_t& at) const {
    std::uint64_t number = 0;
    for (unsigned shift = 0;; shift += 7) {
      const auto byte = static_cast<unsigned char>(bytes_[at++]);
      number |= std::uint64_t{byte & 0x7Fu} << shift;
      if (byte < 0x80) return number;
    }
  }

  std::string bytes_;
  std::uint32_t next_ = 0;  // the lowest number that may come
};

}  // namespace mesh
