// Order and spelling of the mistakes of a file. A mapping that is used twice (a YAML alias) is read
// twice; the same words about the same place are said once.
#include "config/problems.h"

#include <algorithm>
#include <utility>

namespace mesh {

void Problems::add(Position at, std::string what) {
  if (!full()) problems_.push_back({at, std::move(what)});
}

std::vector<Error> Problems::to_errors(std::string_view file_name) const {
  std::vector<Problem> sorted = problems_;
  std::ranges::stable_sort(sorted, {}, &Problem::at);
  sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());

  std::vector<Error> errors;
  for (const Problem& problem : sorted) {
    std::string line(file_name);
    line += ':' + std::to_string(problem.at.line) + ':' + std::to_string(problem.at.column) + ": ";
    errors.push_back({line + problem.what});
  }
  if (full()) errors.push_back({std::string(file_name) + ": there may be more"});
  return errors;
}

}  // namespace mesh
