// The codings by their names, and the one that changes nothing.
#include "expose/pack.h"

#include <cstddef>
#include <deque>
#include <utility>

namespace mesh {
namespace {

// In blocks, which are joined one by one: a string that grows is there twice each time it does, and
// in the end with up to twice the room it needs.
class Unpacked : public Packer {
 public:
  void add(std::string_view plain) override {
    while (!plain.empty()) {
      if (blocks_.empty() || blocks_.back().size() == block_bytes) {
        blocks_.emplace_back().reserve(block_bytes);
      }
      std::string& last = blocks_.back();
      const std::string_view some = plain.substr(0, block_bytes - last.size());
      last += some;
      plain.remove_prefix(some.size());
      bytes_ += some.size();
    }
  }

  std::string finish() override {
    std::string all;
    all.reserve(bytes_);
    for (; !blocks_.empty(); blocks_.pop_front()) all += blocks_.front();
    return all;
  }

 private:
  // Large enough to be given back to the system by itself (main.cc).
  static constexpr std::size_t block_bytes = 512 * 1024;
  std::deque<std::string> blocks_;
  std::size_t bytes_ = 0;
};

}  // namespace

std::string_view to_string(Coding coding) {
  switch (coding) {
    case Coding::gzip: return "gzip";
    case Coding::zstd: return "zstd";
    case Coding::identity: break;
  }
  return "";
}

std::unique_ptr<Packer> make_packer(Coding coding) {
  switch (coding) {
    case Coding::gzip: return make_gzip();
    case Coding::zstd: return make_zstd();
    case Coding::identity: break;
  }
  return std::make_unique<Unpacked>();
}

std::string packed(Coding coding, std::string_view plain) {
  const std::unique_ptr<Packer> packer = make_packer(coding);
  packer->add(plain);
  return packer->finish();
}

}  // namespace mesh
