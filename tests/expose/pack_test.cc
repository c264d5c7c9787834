// What was packed comes out again by the library of that coding, however it was handed in.
#include "expose/pack.h"

#include <gtest/gtest.h>
#include <zlib.h>
#include <zstd.h>

#include <random>
#include <string>

namespace mesh::pack_test {
namespace {

std::string gunzip(std::string packed, std::size_t size) {
  std::string plain(size + 1, '\0');
  z_stream stream{};
  EXPECT_EQ(inflateInit2(&stream, 15 + 16), Z_OK);
  stream.next_in = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_in = static_cast<uInt>(packed.size());
  stream.next_out = reinterpret_cast<Bytef*>(plain.data());
  stream.avail_out = static_cast<uInt>(plain.size());
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
  plain.resize(stream.total_out);
  inflateEnd(&stream);
  return plain;
}

// A stream's frame does not tell its size, so it is read as one that is left open.
std::string unzstd(const std::string& packed, std::size_t size) {
  std::string plain(size + 1, '\0');
  const std::size_t took =
      ZSTD_decompress(plain.data(), plain.size(), packed.data(), packed.size());
  EXPECT_FALSE(ZSTD_isError(took)) << ZSTD_getErrorName(took);
  plain.resize(ZSTD_isError(took) ? 0 : took);
  return plain;
}

class Packed : public testing::TestWithParam<Coding> {
 protected:
  static std::string unpacked(std::string text, std::size_t size) {
    switch (GetParam()) {
      case Coding::gzip: return gunzip(std::move(text), size);
      case Coding::zstd: return unzstd(text, size);
      case Coding::identity: break;
    }
    return text;
  }
};

TEST_P(Packed, of_nothing_is_nothing) { EXPECT_EQ(unpacked(packed(GetParam(), ""), 0), ""); }

TEST_P(Packed, of_a_page_in_pieces_is_that_of_the_whole) {
  std::string page;
  const std::unique_ptr<Packer> pieces = make_packer(GetParam());
  for (int i = 0; i < 20'000; ++i) {
    const std::string line = "mesh_target_up{pod=\"users-" + std::to_string(i) + "\"} 1\n";
    pieces->add(line);
    page += line;
  }
  EXPECT_EQ(unpacked(pieces->finish(), page.size()), page);
  const std::string whole = packed(GetParam(), page);
  EXPECT_EQ(unpacked(whole, page.size()), page);
  if (GetParam() != Coding::identity) {
    EXPECT_LT(whole.size(), page.size() / 5);
  }
}

// What does not get smaller needs several pieces of output for one of input.
TEST_P(Packed, of_noise_is_all_of_it) {
  std::mt19937 random(1);
  std::string noise;
  for (int i = 0; i < 300'000; ++i) noise.push_back(static_cast<char>(random()));
  EXPECT_EQ(unpacked(packed(GetParam(), noise), noise.size()), noise);
}

INSTANTIATE_TEST_SUITE_P(By, Packed, testing::Values(Coding::identity, Coding::gzip, Coding::zstd),
                         [](const auto& coding) {
                           const std::string name(to_string(coding.param));
                           return name.empty() ? "nothing" : name;
                         });

}  // namespace
}  // namespace mesh::pack_test
