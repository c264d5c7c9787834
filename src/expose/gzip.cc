// zlib in one call: its own bound for the compressed size is allocated first, so it cannot run out
// of room.
#include "expose/gzip.h"

#include <zlib.h>

#include <algorithm>
#include <limits>
#include <memory>
#include <new>
#include <stdexcept>

namespace mesh {

std::string gzip(std::string_view plain) {
  constexpr int gzip_window_bits = 15 + 16;  // + 16: a gzip header instead of zlib's
  constexpr int default_memory = 8;
  z_stream stream{};
  if (deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, gzip_window_bits, default_memory,
                   Z_DEFAULT_STRATEGY) != Z_OK) {
    throw std::bad_alloc();
  }
  const std::unique_ptr<z_stream, int (*)(z_stream*)> end_at_exit(&stream, deflateEnd);
  std::string packed(deflateBound(&stream, plain.size()), '\0');
  // zlib counts in 32 bits; a page beyond that is fed in pieces.
  constexpr std::size_t most = std::numeric_limits<uInt>::max();
  std::size_t read = 0, written = 0;
  int status = Z_OK;
  while (status == Z_OK) {
    const std::size_t in = std::min(plain.size() - read, most);
    const std::size_t out = std::min(packed.size() - written, most);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(plain.data() + read));
    stream.avail_in = static_cast<uInt>(in);
    stream.next_out = reinterpret_cast<Bytef*>(packed.data() + written);
    stream.avail_out = static_cast<uInt>(out);
    status = deflate(&stream, read + in == plain.size() ? Z_FINISH : Z_NO_FLUSH);
    read += in - stream.avail_in;
    written += out - stream.avail_out;
  }
  if (status != Z_STREAM_END) throw std::runtime_error("zlib could not finish the page");
  packed.resize(written);
  packed.shrink_to_fit();
  return packed;
}

}  // namespace mesh
