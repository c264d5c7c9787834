// stat before open, fstat after it: the name may mean another file by then.
#include "scrape/file_read.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "base/limits.h"
#include "base/regular_file.h"

namespace mesh {
namespace {

constexpr std::size_t piece_bytes = 64 * 1024;
constexpr std::size_t password_bytes = 4096;

std::int64_t nanoseconds(const timespec& time) {
  return static_cast<std::int64_t>(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
}

FileSignature signature_of(const struct stat& it) {
  return {it.st_dev, it.st_ino, it.st_size, nanoseconds(it.st_mtim), nanoseconds(it.st_ctim)};
}

}  // namespace

FileLook look_at_file(const std::string& path) {
  FileLook look;
  struct stat it {};
  if (stat(path.c_str(), &it) == 0) {
    look.kind = S_ISREG(it.st_mode) ? FileLook::Kind::regular : FileLook::Kind::other;
    look.signature = signature_of(it);
    if (look.kind == FileLook::Kind::other) look.error = file_kind_words(it.st_mode);
    return look;
  }
  const int error = errno;
  if ((error == ENOENT || error == ENOTDIR) && lstat(path.c_str(), &it) != 0) return look;
  look.kind = FileLook::Kind::other;
  look.error = error == ENOENT  ? "symlink to nothing"
               : error == ELOOP ? "symlink that leads back to itself"
                                : errno_words(error);
  return look;
}

Result<std::string> read_password_file(const std::string& path) {
  Result<std::string> text = read_regular_file(path, password_bytes);
  if (!text) return Error{"password file " + path + ": " + text.error().message};
  if (text->ends_with('\n')) text->pop_back();
  if (text->ends_with('\r')) text->pop_back();
  return text;
}

FileRead::FileRead(const std::string& path, std::string_view password) : reader_(password) {
  fd_ = open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
  struct stat it {};
  if (fd_ < 0 || fstat(fd_, &it) != 0) {
    error_ = errno_words(errno);
  } else if (!S_ISREG(it.st_mode)) {
    error_ = file_kind_words(it.st_mode);
  } else if (static_cast<std::uint64_t>(it.st_size) > limits::certificate_file_bytes) {
    error_ = "larger than 16 MB";
  }
  if (error_.empty()) signature_ = signature_of(it);
}

FileRead::~FileRead() {
  if (fd_ >= 0) close(fd_);
}

FileRead::Step FileRead::read_some() {
  if (!error_.empty()) return Step::done;
  std::array<char, piece_bytes> piece;
  const ssize_t size = read(fd_, piece.data(), piece.size());
  if (size < 0) error_ = errno_words(errno);
  if (size <= 0) return Step::done;
  bytes_ += static_cast<std::uint64_t>(size);
  reader_.feed({piece.data(), static_cast<std::size_t>(size)});
  explicit_bzero(piece.data(), static_cast<std::size_t>(size));
  // A file that is being appended to ends somewhere.
  return bytes_ > limits::certificate_file_bytes ? Step::done : Step::more;
}

Result<CertificateFile> FileRead::finish() {
  if (!error_.empty()) return Error{error_};
  return reader_.finish();
}

bool FileRead::changed_meanwhile() const {
  struct stat it {};
  return error_.empty() && fstat(fd_, &it) == 0 && signature_of(it) != signature_;
}

}  // namespace mesh
