// Increases in, the same out.
#include "compute/packed_increases.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace mesh::packed_increases_test {
namespace {

using Increases = std::vector<std::pair<std::uint32_t, std::uint64_t>>;

Increases there_and_back(const Increases& increases) {
  PackedIncreases packed;
  for (const auto& [counter, increase] : increases) packed.add(counter, increase);
  packed.shrink();
  Increases seen;
  packed.each(
      [&](std::uint32_t counter, std::uint64_t increase) { seen.emplace_back(counter, increase); });
  return seen;
}

TEST(PackedIncreases, come_out_as_they_went_in) {
  const Increases all{
      {0, 1},     {1, 127},         {2, 128},           {130, 16'383},
      {300, 300}, {70'000, 16'384}, {70'001, 1u << 30}, {UINT32_MAX - 1, UINT64_MAX}};
  EXPECT_EQ(there_and_back(all), all);
  EXPECT_THAT(there_and_back({}), testing::IsEmpty());
}

}  // namespace
}  // namespace mesh::packed_increases_test
