// open without waiting, then fstat: the name may mean another file by then.
#include "base/regular_file.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

#include "base/opened.h"
#include "base/wipe.h"

namespace mesh {
namespace {

constexpr std::size_t piece_bytes = 64 * 1024;

}  // namespace

std::string errno_words(int error) { return std::generic_category().message(error); }

std::string file_kind_words(mode_t mode) {
  if (S_ISDIR(mode)) return "is a directory";
  if (S_ISFIFO(mode)) return "is a FIFO";
  if (S_ISSOCK(mode)) return "is a socket";
  return "is a device";
}

Result<std::string> read_regular_file(const std::string& path, std::size_t most_bytes) {
  const Opened file(path.c_str());
  struct stat it {};
  if (file.fd < 0 || fstat(file.fd, &it) != 0) return Error{errno_words(errno)};
  if (!S_ISREG(it.st_mode)) return Error{file_kind_words(it.st_mode)};
  std::string text;
  // At once, for a text that moves leaves a copy behind, and it may be secret.
  text.reserve(std::min(static_cast<std::size_t>(it.st_size), most_bytes) + 2 * piece_bytes);
  for (std::array<char, piece_bytes> piece; text.size() <= most_bytes;) {
    const ssize_t size = read(file.fd, piece.data(), piece.size());
    const int error = errno;
    if (size > 0) text.append(piece.data(), static_cast<std::size_t>(size));
    explicit_bzero(piece.data(), piece.size());
    if (size < 0) return Error{errno_words(error)};
    if (size == 0) return text;
  }
  wipe(text);
  return Error{std::string("larger than ").append(std::to_string(most_bytes)).append(" bytes")};
}

}  // namespace mesh
