// zlib piece by piece: its own bound for the compressed size is that of the page, of which a
// twentieth is used; on a large node that would be the largest part of the agent's memory.
#include "expose/gzip.h"

#include <zlib.h>

#include <algorithm>
#include <limits>
#include <memory>
#include <new>
#include <stdexcept>
#include <vector>

namespace mesh {
namespace {

constexpr std::size_t piece_bytes = 64 * 1024;

}  // namespace

std::string gzip(std::string_view plain) {
  constexpr int gzip_window_bits = 15 + 16;  // + 16: a gzip header instead of zlib's
  constexpr int default_memory = 8;
  z_stream stream{};
  if (deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, gzip_window_bits, default_memory,
                   Z_DEFAULT_STRATEGY) != Z_OK) {
    throw std::bad_alloc();
  }
  const std::unique_ptr<z_stream, int (*)(z_stream*)> end_at_exit(&stream, deflateEnd);
  std::vector<char> piece(piece_bytes);
  std::string packed;
  // zlib counts in 32 bits; a page beyond that is fed in pieces, too.
  constexpr std::size_t most = std::numeric_limits<uInt>::max();
  std::size_t read = 0;
  int status = Z_OK;
  while (status == Z_OK) {
    const std::size_t in = std::min(plain.size() - read, most);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(plain.data() + read));
    stream.avail_in = static_cast<uInt>(in);
    stream.next_out = reinterpret_cast<Bytef*>(piece.data());
    stream.avail_out = static_cast<uInt>(piece.size());
    status = deflate(&stream, read + in == plain.size() ? Z_FINISH : Z_NO_FLUSH);
    read += in - stream.avail_in;
    packed.append(piece.data(), piece.size() - stream.avail_out);
  }
  if (status != Z_STREAM_END) throw std::runtime_error("zlib could not finish the page");
  return packed;
}

}  // namespace mesh
