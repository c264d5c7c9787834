// Which unit, and how many digits of it; see binary_bytes.h.
#include "base/binary_bytes.h"

#include <array>
#include <cstdio>

namespace mesh {

std::string binary_bytes(std::uint64_t bytes) {
  static constexpr std::array units{"B", "KiB", "MiB", "GiB", "TiB"};
  std::size_t unit = 0;
  auto number = static_cast<double>(bytes);
  while (number >= 1023.5 && unit + 1 < units.size()) {
    number /= 1024;
    ++unit;
  }
  const bool has_tenths = number < 9.95 && static_cast<int>(number * 10 + 0.5) % 10 != 0;
  std::array<char, 64> text;
  std::snprintf(text.data(), text.size(), has_tenths ? "%.1f %s" : "%.0f %s", number, units[unit]);
  return text.data();
}

}  // namespace mesh
