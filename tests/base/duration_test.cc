// Durations, read and written.
#include "base/duration.h"

#include <gtest/gtest.h>

namespace mesh::duration_test {
namespace {

using namespace std::chrono_literals;

std::chrono::milliseconds parsed(std::string_view text) {
  auto duration = parse_duration(text);
  EXPECT_TRUE(duration) << text;
  return duration ? *duration : -1ms;
}

std::string error_of(std::string_view text) {
  auto duration = parse_duration(text);
  return duration ? format_duration(*duration) : duration.error().message;
}

TEST(ParseDuration, knows_every_unit) {
  EXPECT_EQ(parsed("100ms"), 100ms);
  EXPECT_EQ(parsed("15s"), 15s);
  EXPECT_EQ(parsed("5m"), 5min);
  EXPECT_EQ(parsed("2h"), 2h);
  EXPECT_EQ(parsed("1d"), 24h);
  EXPECT_EQ(parsed("1w"), 7 * 24h);
  EXPECT_EQ(parsed("1y"), 365 * 24h);
}

TEST(ParseDuration, adds_units_from_large_to_small) {
  EXPECT_EQ(parsed("1m30s"), 90s);
  EXPECT_EQ(parsed("1h15ms"), 1h + 15ms);
  EXPECT_EQ(parsed("1y2w3d4h5m6s7ms"), 365 * 24h + 17 * 24h + 4h + 5min + 6s + 7ms);
}

TEST(ParseDuration, needs_no_unit_for_zero) { EXPECT_EQ(parsed("0"), 0ms); }

TEST(ParseDuration, takes_more_of_a_unit_than_the_next_one_holds) { EXPECT_EQ(parsed("90s"), 90s); }

TEST(ParseDuration, refuses_a_number_without_a_unit) {
  EXPECT_EQ(error_of("15"), "a duration without a unit");
  EXPECT_EQ(error_of("1m30"), "a duration without a unit");
  EXPECT_EQ(error_of("00"), "a duration without a unit");
}

TEST(ParseDuration, refuses_units_out_of_order_or_twice) {
  EXPECT_EQ(error_of("1s1m"), "units out of order or repeated");
  EXPECT_EQ(error_of("1s1s"), "units out of order or repeated");
}

TEST(ParseDuration, refuses_what_is_no_duration) {
  for (const char* text : {"s", "-1s", "+1s", "1.5s", "1 s", " 1s", "1s ", "1S", "1sec", "1us",
                           "1h-5m", "inf", "nan", "1e3s"}) {
    EXPECT_EQ(error_of(text), "not a duration") << text;
  }
}

TEST(ParseDuration, refuses_nothing_at_all) { EXPECT_EQ(error_of(""), "not a duration"); }

TEST(ParseDuration, refuses_what_nanoseconds_cannot_hold) {
  EXPECT_EQ(parsed("292y"), 292 * 365 * 24h);
  EXPECT_EQ(error_of("293y"), "too long for a duration");
  EXPECT_EQ(error_of("292y9999w"), "too long for a duration");
  EXPECT_EQ(error_of("99999999999999999999ms"), "too long for a duration");
}

TEST(FormatDuration, writes_what_people_would_write) {
  EXPECT_EQ(format_duration(0ms), "0s");
  EXPECT_EQ(format_duration(100ms), "100ms");
  EXPECT_EQ(format_duration(1500ms), "1s500ms");
  EXPECT_EQ(format_duration(90s), "1m30s");
  EXPECT_EQ(format_duration(5min), "5m");
  EXPECT_EQ(format_duration(24h), "1d");
}

TEST(FormatDuration, uses_weeks_and_years_only_when_whole) {
  EXPECT_EQ(format_duration(7 * 24h), "1w");
  EXPECT_EQ(format_duration(8 * 24h), "8d");
  EXPECT_EQ(format_duration(365 * 24h), "1y");
  EXPECT_EQ(format_duration(366 * 24h), "366d");
}

TEST(FormatDuration, is_read_back_as_the_same) {
  for (const auto duration : {1ms, 999ms, 61'001ms, 86'400'000ms, 1'234'567'890ms}) {
    EXPECT_EQ(parsed(format_duration(duration)), duration);
  }
}

}  // namespace
}  // namespace mesh::duration_test
