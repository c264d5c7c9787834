// Dates in JSON.
#include "base/rfc3339.h"

#include <gtest/gtest.h>

namespace mesh::rfc3339_test {
namespace {

// Seconds since 1970, or this for what is no date.
constexpr long long no_date = -1'000'000'000'000;

long long read(std::string_view text) {
  const auto date = parse_rfc3339(text);
  return date ? date->time_since_epoch().count() : no_date;
}

TEST(Rfc3339, reads_what_envoy_writes) {
  EXPECT_EQ(read("2026-11-23T20:15:46Z"), 1795464946);  // date -u -d … +%s
}

TEST(Rfc3339, floors_a_fraction) { EXPECT_EQ(read("1970-01-01T00:00:01.999999999Z"), 1); }

TEST(Rfc3339, takes_off_the_offset) {
  EXPECT_EQ(read("1970-01-01T01:00:00+01:00"), 0);
  EXPECT_EQ(read("1969-12-31T18:30:00-05:30"), 0);
}

TEST(Rfc3339, reads_before_1970_and_to_the_end_of_9999) {
  EXPECT_EQ(read("1950-01-01T00:00:00Z"), -631152000);
  EXPECT_EQ(read("9999-12-31T23:59:59Z"), 253402300799);
}

TEST(Rfc3339, knows_which_years_leap) {
  EXPECT_EQ(read("2024-02-29T00:00:00Z"), 1709164800);
  EXPECT_EQ(read("2026-02-29T00:00:00Z"), no_date);
  EXPECT_EQ(read("2100-02-29T00:00:00Z"), no_date);
}

TEST(Rfc3339, takes_a_leap_second_for_the_next_one) {
  EXPECT_EQ(read("1972-06-30T23:59:60Z"), read("1972-07-01T00:00:00Z"));
}

TEST(Rfc3339, takes_small_letters_and_a_blank_between) {
  EXPECT_EQ(read("1970-01-01t00:00:02z"), 2);
  EXPECT_EQ(read("1970-01-01 00:00:03Z"), 3);
}

class NoDate : public testing::TestWithParam<std::string_view> {};
TEST_P(NoDate, is_refused) { EXPECT_EQ(read(GetParam()), no_date); }

INSTANTIATE_TEST_SUITE_P(Rfc3339, NoDate,
                         testing::Values("", "2026", "2026-11-23", "2026-11-23T20:15:46",
                                         "2026-11-23T20:15:46ZZ", "2026-11-23T20:15:46.Z",
                                         "2026-11-23T20:15:46+1:00", "2026-11-23T20:15:46+24:00",
                                         "2026-11-23T24:00:00Z", "2026-11-23T20:60:00Z",
                                         "2026-11-23T20:15:61Z", "2026-00-23T20:15:46Z",
                                         "2026-13-23T20:15:46Z", "2026-11-00T20:15:46Z",
                                         "2026-11-31T20:15:46Z", "+026-11-23T20:15:46Z",
                                         "-001-11-23T20:15:46Z", " 2026-11-23T20:15:46Z",
                                         "12026-11-23T20:15:46Z", "Nov 23 2026"));

}  // namespace
}  // namespace mesh::rfc3339_test
