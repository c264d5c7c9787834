// zlib, its output taken piece by piece: its own bound for the compressed size is that of the page.
#include "expose/gzip.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <limits>
#include <new>
#include <stdexcept>
#include <utility>

namespace mesh {

struct Gzip::Stream {
  Stream() {
    constexpr int gzip_window_bits = 15 + 16;  // + 16: a gzip header instead of zlib's
    constexpr int default_memory = 8;
    if (deflateInit2(&zlib, Z_BEST_SPEED, Z_DEFLATED, gzip_window_bits, default_memory,
                     Z_DEFAULT_STRATEGY) != Z_OK) {
      throw std::bad_alloc();
    }
  }
  ~Stream() { deflateEnd(&zlib); }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  // Returns zlib's word once it has taken all that was given to it.
  int take(int flush, std::string& packed) {
    int status = Z_OK;
    do {
      zlib.next_out = piece.data();
      zlib.avail_out = static_cast<uInt>(piece.size());
      status = deflate(&zlib, flush);
      packed.append(reinterpret_cast<const char*>(piece.data()), piece.size() - zlib.avail_out);
    } while (status == Z_OK && zlib.avail_out == 0);
    return status;
  }

  z_stream zlib{};
  std::array<Bytef, 64 * 1024> piece{};
};

Gzip::Gzip() : stream_(std::make_unique<Stream>()) {}
Gzip::~Gzip() = default;

void Gzip::add(std::string_view plain) {
  // zlib counts in 32 bits; more than that is fed in pieces.
  constexpr std::size_t most = std::numeric_limits<uInt>::max();
  while (!plain.empty()) {
    const std::string_view part = plain.substr(0, most);
    stream_->zlib.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(part.data()));
    stream_->zlib.avail_in = static_cast<uInt>(part.size());
    stream_->take(Z_NO_FLUSH, packed_);
    plain.remove_prefix(part.size());
  }
}

std::string Gzip::finish() {
  if (stream_->take(Z_FINISH, packed_) != Z_STREAM_END) {
    throw std::runtime_error("zlib could not finish the page");
  }
  return std::move(packed_);
}

std::string gzip(std::string_view plain) {
  Gzip packed;
  packed.add(plain);
  return packed.finish();
}

}  // namespace mesh
