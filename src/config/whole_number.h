// Whole numbers as people write them in a configuration: plain digits, and sizes such as 64MiB.
#pragma once

#include <cstdint>
#include <string_view>

namespace mesh {

struct WholeNumber {
  std::uint64_t value = 0;
  std::string_view wrong;  // "" if nothing is; may follow the word in a message
};

WholeNumber parse_whole_number(std::string_view digits);
// The same, or with KiB, MiB or GiB behind it.
WholeNumber parse_bytes(std::string_view text);

}  // namespace mesh
