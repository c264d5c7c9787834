// Sizes as people set them.
#include "base/binary_bytes.h"

#include <gtest/gtest.h>

namespace mesh::binary_bytes_test {
namespace {

TEST(BinaryBytes, are_in_the_largest_unit_of_which_there_is_one) {
  EXPECT_EQ(binary_bytes(0), "0 B");
  EXPECT_EQ(binary_bytes(1023), "1023 B");
  EXPECT_EQ(binary_bytes(1024), "1 KiB");
  EXPECT_EQ(binary_bytes(256u << 20), "256 MiB");
  EXPECT_EQ(binary_bytes(std::uint64_t{5} << 40), "5 TiB");
  EXPECT_EQ(binary_bytes(UINT64_MAX), "16777216 TiB");
}

TEST(BinaryBytes, are_rounded_to_the_tenth_below_ten_and_to_the_whole_above) {
  EXPECT_EQ(binary_bytes(1536), "1.5 KiB");
  EXPECT_EQ(binary_bytes(10 * 1024 - 10), "10 KiB");
  EXPECT_EQ(binary_bytes(252'706'816), "241 MiB");
  EXPECT_EQ(binary_bytes((1u << 20) - 1), "1 MiB");
}

}  // namespace
}  // namespace mesh::binary_bytes_test
