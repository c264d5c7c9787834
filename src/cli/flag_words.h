// The words of a command line, taken apart by a table of the flags that there are. What the values
// mean is the caller's business; every complaint names the flag.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace mesh {

// What "--flag=" means, as a variable that is empty makes of it: that the value was forgotten, the
// same as without the flag, or the empty value.
enum class EmptyValue : std::uint8_t { missing, left_out, said };

struct Flag {
  std::string_view name;
  std::string_view value;  // "=VALUE" in the help text; "" for a switch
  std::string_view help;
  EmptyValue if_empty = EmptyValue::missing;
};

using FlagValues = std::map<std::string, std::vector<std::string>, std::less<>>;

struct FlagWords {
  FlagValues
      values;  // of each flag as written, in their order; a switch that was set has one of ""
  std::vector<std::string> arguments;  // what is no flag
};

// Flags are never abbreviated; only those that are `repeatable` may stand more than once.
Result<FlagWords> split_flags(const std::vector<std::string>& line, std::span<const Flag> known,
                              std::span<const std::string_view> repeatable);

Error unexpected_argument(std::string_view argument);

// A line per flag, for the help text.
std::string describe(std::span<const Flag> flags);

}  // namespace mesh
