// What is wrong with a configuration file, collected while it is read: reading goes on after a
// mistake, so that one run tells all of them.
#pragma once

#include <compare>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace mesh {

// As editors count: from 1. Columns count bytes, as compilers do.
struct Position {
  int line = 1, column = 1;

  auto operator<=>(const Position&) const = default;
};

class Problems {
 public:
  void add(Position at, std::string what);

  bool empty() const { return problems_.empty(); }

  // Nobody reads further, and a hostile file could make any number of them: reading stops here.
  bool full() const { return problems_.size() >= most; }

  // "FILE:LINE:COLUMN: what", in the order of the positions, each once.
  std::vector<Error> to_errors(std::string_view file_name) const;

 private:
  static constexpr std::size_t most = 1000;

  struct Problem {
    Position at;
    std::string what;

    auto operator<=>(const Problem&) const = default;
  };

  std::vector<Problem> problems_;
};

}  // namespace mesh
