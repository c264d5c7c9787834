// Bounds of histograms.
#include "dialect/bound.h"

#include <gtest/gtest.h>

#include <limits>

namespace mesh::bound_test {
namespace {

TEST(BoundInSeconds, is_the_shortest_decimal_form) {
  EXPECT_EQ(bound_in_seconds(0.5), "0.0005");
  EXPECT_EQ(bound_in_seconds(2500), "2.5");
  EXPECT_EQ(bound_in_seconds(1.8e6), "1800");
  EXPECT_EQ(bound_in_seconds(std::numeric_limits<double>::infinity()), "+Inf");
}

TEST(BoundInSeconds, of_seconds_stays_what_it_was) {
  for (const char* bound : {"0.005", "0.0003", "2.5", "10", "0.00001"}) {
    EXPECT_EQ(bound_in_seconds(std::stod(bound), 1), bound);
  }
}

}  // namespace
}  // namespace mesh::bound_test
