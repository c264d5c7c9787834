// One look at one file with certificates: whether it is one that may be opened at all, whether it
// has changed since, and reading it piece by piece. Never waits: what is no regular file is not
// opened, for opening a FIFO or a device can block or do things.
#pragma once

#include <sys/stat.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "wire/certificate_file.h"

namespace mesh {

// By which a file is recognised as unchanged.
struct FileSignature {
  dev_t device = 0;
  ino_t inode = 0;
  off_t size = -1;
  std::int64_t modified = 0, changed = 0;  // nanoseconds
  bool operator==(const FileSignature&) const = default;
};

struct FileLook {
  enum class Kind { absent, regular, other };
  Kind kind = Kind::absent;
  FileSignature signature;  // of a regular file
  std::string error;        // of another: "is a FIFO"; "" if it is merely absent
};

// Follows symlinks. A symlink that leads nowhere is `other`.
FileLook look_at_file(const std::string& path);

// Strips one line end. An error in words.
Result<std::string> read_password_file(const std::string& path);

class FileRead {
 public:
  enum class Step { more, done };

  // Opens the file. That it could not is told by finish().
  FileRead(const std::string& path, std::string_view password);
  ~FileRead();
  FileRead(const FileRead&) = delete;
  FileRead& operator=(const FileRead&) = delete;

  Step read_some();  // a piece of 64 kB
  // Call once, when done.
  Result<CertificateFile> finish();

  bool changed_meanwhile() const;  // what was read may be half old, half new
  const FileSignature& signature() const { return signature_; }
  std::uint64_t bytes() const { return bytes_; }

 private:
  int fd_ = -1;
  FileSignature signature_;
  std::uint64_t bytes_ = 0;
  std::string error_;
  CertificateFileReader reader_;
};

}  // namespace mesh
