// What a FileScan has to say of itself: what it could not do.
#include <cerrno>
#include <system_error>

#include "scrape/file_scan.h"

namespace mesh {

std::vector<std::string> FileScan::warnings() const {
  std::vector<std::string> warnings;
  if (exhausted()) {
    warnings.push_back(
        "the system's limit of watched directories is reached (fs.inotify.max_user_watches, "
        "fs.inotify.max_user_instances): files are looked at now and then instead");
  }
  if (crowded_) {
    warnings.push_back("more than " + std::to_string(known_files) + " files: the rest is left out");
  }
  for (const auto& [directory, error] : paths_.unwatched()) {
    if (error == ENOSPC || error == EBADF) continue;
    warnings.push_back("cannot watch " + (directory.empty() ? "." : directory) + ": " +
                       std::generic_category().message(error));
  }
  for (const Pattern& pattern : patterns_) {
    if (pattern.files == 0) warnings.push_back(pattern.asked.glob + " matches no file");
  }
  return warnings;
}

}  // namespace mesh
