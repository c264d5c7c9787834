// What was compressed comes out again, however it was handed in.
#include "expose/gzip.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <random>
#include <string>

namespace mesh {
namespace {

std::string unpacked(std::string packed, std::size_t size) {
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

TEST(Gzip, of_nothing_is_nothing) { EXPECT_EQ(unpacked(gzip(""), 0), ""); }

TEST(Gzip, of_a_page_in_pieces_is_that_of_the_whole) {
  std::string page;
  Gzip pieces;
  for (int i = 0; i < 20'000; ++i) {
    const std::string line = "mesh_target_up{pod=\"users-" + std::to_string(i) + "\"} 1\n";
    pieces.add(line);
    page += line;
  }
  EXPECT_EQ(unpacked(pieces.finish(), page.size()), page);
  EXPECT_EQ(unpacked(gzip(page), page.size()), page);
  EXPECT_LT(gzip(page).size(), page.size() / 5);
}

// What does not get smaller needs several pieces of output for one of input.
TEST(Gzip, of_noise_is_all_of_it) {
  std::mt19937 random(1);
  std::string noise;
  for (int i = 0; i < 300'000; ++i) noise.push_back(static_cast<char>(random()));
  EXPECT_EQ(unpacked(gzip(noise), noise.size()), noise);
}

}  // namespace
}  // namespace mesh
