// The names of one answer for which the memory of the reader has no room (envoy_stats.h). While the
// answer is read they are known by name, so that repetitions are found; afterwards by a digest of
// all of them and where they stood, so that the same answer is seen to be the same.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "wire/name_table.h"

namespace mesh {

class StatsVisitors {
 public:
  // A new answer: nobody has come yet.
  void begin();

  // The number of a visitor: they are numbered as they come. The name must live until begin().
  std::uint32_t number_of(std::string_view name, std::uint64_t hash);

  // Enters the line of a visitor, which stands behind so many lines of remembered names. False if
  // it had a line before.
  bool accept(std::uint32_t visitor, std::size_t place, bool is_number);

  // Ends the answer. True if the same visitors stood in the same places of the answer before.
  bool end();

  std::uint32_t size() const { return names_.size(); }
  std::string_view name(std::uint32_t visitor) const { return names_.name(visitor); }

 private:
  NameTable names_;
  std::uint32_t accepted_ = 0;
  std::uint64_t digest_ = 0, last_digest_ = 0;
};

}  // namespace mesh
