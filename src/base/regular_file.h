// Reading a small file whole, whatever its name turns out to mean: what is no regular file is not
// waited for, for opening a FIFO or a device can block or do things.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <string>

#include "base/result.h"

namespace mesh {

// The whole of a regular file of at most so many bytes, opened without waiting whatever the name
// means by now. An error in words, without the path.
Result<std::string> read_regular_file(const std::string& path, std::size_t most_bytes);

// "is a directory", "is a FIFO": of what is no regular file, by its st_mode.
std::string file_kind_words(mode_t mode);

// "no such file or directory", in the words of the system.
std::string errno_words(int error);

}  // namespace mesh
