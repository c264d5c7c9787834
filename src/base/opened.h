// A file, directory or process that is open for as long as this lives. Opened without waiting,
// whatever the name means by now: opening a FIFO or a device can block or do things.
#pragma once

#include <fcntl.h>
#include <unistd.h>

namespace mesh {

struct Opened {
  // `path` relative to `directory`, or AT_FDCWD. On failure `fd` is negative and errno says why.
  Opened(int directory, const char* path, int more_flags = 0)
      : fd(openat(directory, path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY | more_flags)) {}
  explicit Opened(const char* path) : Opened(AT_FDCWD, path) {}
  explicit Opened(int open_already) : fd(open_already) {}
  ~Opened() {
    if (fd >= 0) close(fd);
  }
  Opened(const Opened&) = delete;
  Opened& operator=(const Opened&) = delete;

  const int fd;
};

}  // namespace mesh
