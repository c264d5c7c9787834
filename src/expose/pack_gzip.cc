// gzip by zlib, its output taken piece by piece: its own bound for the compressed size is that of
// the page.
#include <zlib.h>

#include <algorithm>
#include <array>
#include <limits>
#include <new>
#include <stdexcept>
#include <utility>

#include "expose/pack.h"

namespace mesh {
namespace {

class Gzip : public Packer {
 public:
  Gzip() {
    constexpr int gzip_window_bits = 15 + 16;  // + 16: a gzip header instead of zlib's
    constexpr int default_memory = 8;
    if (deflateInit2(&stream_, Z_BEST_SPEED, Z_DEFLATED, gzip_window_bits, default_memory,
                     Z_DEFAULT_STRATEGY) != Z_OK) {
      throw std::bad_alloc();
    }
  }
  ~Gzip() override { deflateEnd(&stream_); }

  void add(std::string_view plain) override {
    // zlib counts in 32 bits; more than that is fed in pieces.
    constexpr std::size_t most = std::numeric_limits<uInt>::max();
    while (!plain.empty()) {
      const std::string_view part = plain.substr(0, most);
      stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(part.data()));
      stream_.avail_in = static_cast<uInt>(part.size());
      take(Z_NO_FLUSH);
      plain.remove_prefix(part.size());
    }
  }

  std::string finish() override {
    if (take(Z_FINISH) != Z_STREAM_END) throw std::runtime_error("zlib could not finish the page");
    return std::move(packed_);
  }

 private:
  // Returns zlib's word once it has taken all that was given to it.
  int take(int flush) {
    int status = Z_OK;
    do {
      stream_.next_out = piece_.data();
      stream_.avail_out = static_cast<uInt>(piece_.size());
      status = deflate(&stream_, flush);
      packed_.append(reinterpret_cast<const char*>(piece_.data()),
                     piece_.size() - stream_.avail_out);
    } while (status == Z_OK && stream_.avail_out == 0);
    return status;
  }

  z_stream stream_{};
  std::array<Bytef, 64 * 1024> piece_{};
  std::string packed_;
};

}  // namespace

std::unique_ptr<Packer> make_gzip() { return std::make_unique<Gzip>(); }

}  // namespace mesh
