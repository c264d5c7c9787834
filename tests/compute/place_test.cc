// Places in an interval: always the same, and spread over all of it however alike the names are.
#include "compute/place.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace mesh::place_test {
namespace {

using namespace std::chrono_literals;

TEST(Place, is_the_same_for_a_name_and_within_the_interval) {
  const Duration place = place_in(15s, "shop/users-0");
  EXPECT_EQ(place, place_in(15s, "shop/users-0"));
  EXPECT_GE(place, 0s);
  EXPECT_LT(place, 15s);
  EXPECT_EQ(place_in(Duration{}, "shop/users-0"), Duration{});
}

// Of two hundred at random in ten parts each part has twenty, give or take.
TEST(Place, is_anywhere_for_names_that_differ_in_their_last_letters_only) {
  for (const std::string prefix : {"shop/users-", "p", ""}) {
    std::vector<int> parts(10);
    for (int i = 0; i < 200; ++i) {
      const Duration place = place_in(10s, prefix + std::to_string(i));
      ++parts[static_cast<std::size_t>(place / 1s)];
    }
    EXPECT_GE(*std::ranges::min_element(parts), 8) << prefix;
    EXPECT_LE(*std::ranges::max_element(parts), 36) << prefix;
  }
  // The ten of one StatefulSet.
  std::vector<Duration> places;
  for (char c = '0'; c <= '9'; ++c) places.push_back(place_in(10s, std::string("users-") + c));
  const auto [first, last] = std::ranges::minmax(places);
  EXPECT_GT(last - first, 5s);
}

}  // namespace
}  // namespace mesh::place_test
