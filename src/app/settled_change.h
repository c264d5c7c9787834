// When to read files again because they have changed: once they differ from what was read and then
// were the same for two looks, for editors and copies write a file piece by piece.
#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "scrape/file_read.h"

namespace mesh {

class SettledChange {
 public:
  using Signatures = std::vector<FileSignature>;  // of the same files each time, in the same order

  // What was read had these.
  explicit SettledChange(Signatures read) : read_(std::move(read)) {}
  void was_read(Signatures read) {
    read_ = std::move(read);
    changed_.reset();
  }

  // One look; whether it is time to read them.
  bool look(Signatures now) {
    if (now == read_) {
      changed_.reset();
      return false;
    }
    const bool settled = now == changed_;
    changed_ = std::move(now);
    return settled;
  }

 private:
  Signatures read_;
  std::optional<Signatures> changed_;  // as they were at the last look, if not as when read
};

}  // namespace mesh
