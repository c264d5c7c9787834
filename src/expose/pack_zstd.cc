// zstd by its own library, its output taken piece by piece.
#include <zstd.h>

#include <array>
#include <new>
#include <stdexcept>
#include <utility>

#include "base/owned.h"
#include "expose/pack.h"

namespace mesh {
namespace {

std::size_t checked(std::size_t result) {
  if (ZSTD_isError(result) != 0) throw std::runtime_error(ZSTD_getErrorName(result));
  return result;
}

class Zstd : public Packer {
 public:
  Zstd() : context_(ZSTD_createCCtx()) {
    if (!context_) throw std::bad_alloc();
    constexpr int fastest = 1;
    // A page repeats itself within a few kilobytes: a quarter of the usual window is as good.
    constexpr int window_bits = 17;
    checked(ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_compressionLevel, fastest));
    checked(ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_windowLog, window_bits));
  }

  void add(std::string_view plain) override { take(plain, ZSTD_e_continue); }

  std::string finish() override {
    take({}, ZSTD_e_end);
    return std::move(packed_);
  }

 private:
  void take(std::string_view plain, ZSTD_EndDirective directive) {
    ZSTD_inBuffer in{plain.data(), plain.size(), 0};
    std::size_t left = 0;
    do {
      ZSTD_outBuffer out{piece_.data(), piece_.size(), 0};
      left = checked(ZSTD_compressStream2(context_.get(), &out, &in, directive));
      packed_.append(piece_.data(), out.pos);
    } while (directive == ZSTD_e_end ? left > 0 : in.pos < in.size);
  }

  Owned<ZSTD_CCtx, ZSTD_freeCCtx> context_;
  std::array<char, 64 * 1024> piece_{};
  std::string packed_;
};

}  // namespace

std::unique_ptr<Packer> make_zstd() { return std::make_unique<Zstd>(); }

}  // namespace mesh
