// `${NAME}` in the values of the configuration, so that one file serves many pods: addresses and
// names that only the place where it runs knows.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace mesh {

// How `${NAME}` is looked up; tests pass a literal table.
using Environment = std::function<std::optional<std::string>(std::string_view name)>;

// For files in which nothing is a variable.
inline const Environment no_variables;

// That of this process.
Environment process_environment();

// A text, and where in it a variable's value stands: the bytes from begin up to end.
struct Expanded {
  struct Value {
    std::size_t begin, end;
  };

  std::string text;
  std::vector<Value> values{};  // in their order; none is empty
};

// `${NAME}` becomes the variable's value, `$$` a dollar sign; any other dollar sign stays. The
// value is put in after the file was parsed, so that it cannot bring structure of its own. With
// no_variables the text stays as it is. The error's message is complete.
Result<Expanded> expand(std::string_view text, const Environment& environment);

// What stands from `begin` on, with "<redacted>" for each value of a variable, or for what of it
// stands there.
std::string without_values(const Expanded& expanded, std::size_t begin);

}  // namespace mesh
