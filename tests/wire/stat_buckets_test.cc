// Histograms as Envoy prints them with cumulative buckets.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "wire/envoy_stats.h"

namespace mesh::stat_buckets_test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<StatBucket> buckets_of(std::string_view text) {
  std::vector<StatBucket> buckets;
  EXPECT_TRUE(parse_stat_buckets(text, buckets)) << text;
  return buckets;
}

// Also that nothing is left over of what was there before.
bool refused(std::string_view text) {
  std::vector<StatBucket> buckets{{1, 1}};
  const bool accepted = parse_stat_buckets(text, buckets);
  EXPECT_THAT(buckets, IsEmpty());
  return !accepted;
}

TEST(StatBuckets, are_bounds_with_the_second_number) {
  EXPECT_THAT(buckets_of("B0.5(0,2) B1(3,5) B1.8e+06(3,7)"),
              ElementsAre(StatBucket{0.5, 2}, StatBucket{1, 5}, StatBucket{1.8e6, 7}));
}
TEST(StatBuckets, may_be_one) { EXPECT_THAT(buckets_of("B1(0,0)"), ElementsAre(StatBucket{1, 0})); }
TEST(StatBuckets, are_none_where_nothing_was_recorded) {
  EXPECT_THAT(buckets_of("No recorded values"), IsEmpty());
}
TEST(StatBuckets, replace_what_was_there) {
  std::vector<StatBucket> buckets{{1, 1}};
  EXPECT_TRUE(parse_stat_buckets("B2(0,3)", buckets));
  EXPECT_THAT(buckets, ElementsAre(StatBucket{2, 3}));
}
TEST(StatBuckets, are_not_nothing) { EXPECT_TRUE(refused("")); }
TEST(StatBuckets, are_not_quantiles) { EXPECT_TRUE(refused("P0(nan,1) P100(nan,1)")); }
TEST(StatBuckets, are_not_a_quoted_text) { EXPECT_TRUE(refused("\"B1(0,0)\"")); }
TEST(StatBuckets, do_not_end_with_a_blank) { EXPECT_TRUE(refused("B1(0,0) ")); }
TEST(StatBuckets, stand_one_blank_apart) { EXPECT_TRUE(refused("B1(0,0)B2(0,0)")); }
TEST(StatBuckets, are_not_cut) { EXPECT_TRUE(refused("B1(0,0) B2(0")); }
TEST(StatBuckets, have_two_numbers) { EXPECT_TRUE(refused("B1(0)")); }
TEST(StatBuckets, have_whole_numbers) { EXPECT_TRUE(refused("B1(0,1.5)")); }
TEST(StatBuckets, have_a_readable_interval) { EXPECT_TRUE(refused("B1(nan,1)")); }
TEST(StatBuckets, have_a_bound) { EXPECT_TRUE(refused("B(0,1)")); }
TEST(StatBuckets, have_a_finite_bound) { EXPECT_TRUE(refused("Binf(0,1)")); }
TEST(StatBuckets, have_a_bound_that_a_double_holds) { EXPECT_TRUE(refused("B1e999(0,1)")); }
TEST(StatBuckets, have_no_bound_that_is_no_number) { EXPECT_TRUE(refused("Bnan(0,1)")); }
TEST(StatBuckets, have_no_number_beyond_64_bits) {
  EXPECT_TRUE(refused("B1(0,18446744073709551616)"));
  EXPECT_TRUE(refused("B1(18446744073709551616,1)"));
}
TEST(StatBuckets, may_have_the_largest_number) {
  EXPECT_THAT(buckets_of("B1(0,18446744073709551615)"), ElementsAre(StatBucket{1, UINT64_MAX}));
}
TEST(StatBuckets, are_not_bins) { EXPECT_TRUE(refused("0,0:431, 1,0.1:1024")); }
TEST(StatBuckets, may_be_a_million) {
  std::string text;
  for (int i = 0; i < 1'000'000; ++i) text.append("B").append(std::to_string(i)).append("(0,7) ");
  EXPECT_TRUE(refused(text));  // for the blank at its end, after all of them were read
  text.pop_back();
  EXPECT_THAT(buckets_of(text), testing::SizeIs(1'000'000));
}
TEST(StatBuckets, have_rising_bounds) {
  EXPECT_TRUE(refused("B2(0,1) B1(0,1)"));
  EXPECT_TRUE(refused("B1(0,1) B1(0,1)"));
}

}  // namespace
}  // namespace mesh::stat_buckets_test
