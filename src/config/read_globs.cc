// One pattern after the other; see read_globs.h.
#include "config/read_globs.h"

#include "config/check_pattern.h"

namespace mesh {

std::vector<std::string> read_globs(const Fields& fields, std::string_view key,
                                    const Reading& reading) {
  std::vector<std::string> globs;
  const auto elements = fields.list(key, "a list of paths, which may have *, ? and [a-z]");
  if (!elements) return globs;
  if (elements->empty()) fields.complain(*fields.find(key), "no path; expected at least one");
  for (const Field& element : *elements) {
    if (reading.problems.full()) break;
    const auto path = fields.text(element, "an absolute path");
    if (!path) continue;
    const std::string_view wrong = wrong_with_glob(*path);
    if (!path->starts_with('/')) {
      fields.complain(element, *path, "is not absolute", "a path that begins with a slash");
    } else if (!wrong.empty()) {
      fields.complain(element, *path, wrong, R"(a pattern with *, ? and [a-z], where \[ is a [)");
    } else {
      globs.push_back(*path);
    }
  }
  return globs;
}

}  // namespace mesh
