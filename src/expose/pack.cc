// The codings by their names, and the one that changes nothing.
#include "expose/pack.h"

#include <utility>

namespace mesh {
namespace {

class Unpacked : public Packer {
 public:
  void add(std::string_view plain) override { all_ += plain; }
  std::string finish() override { return std::move(all_); }

 private:
  std::string all_;
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
