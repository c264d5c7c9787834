// What one line of Envoy's text stats means, and what is not readable in it. Every line is read
// twice by the same reader: as a stranger and as an old acquaintance.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/limits.h"
#include "wire/envoy_stats.h"
#include "wire/stats_reading.h"

namespace mesh::envoy_stats_line_test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using namespace std::string_literals;

class StatsLine : public testing::Test {
 protected:
  void read(std::string_view body) {
    StatsReader reader;
    read_ = read_stats(reader, body);
    const Reading again = read_stats(reader, body);
    EXPECT_EQ(again.numbers, read_.numbers);
    EXPECT_EQ(again.texts, read_.texts);
    EXPECT_EQ(again.lines, read_.lines);
    EXPECT_EQ(again.unreadable, read_.unreadable);
    EXPECT_EQ(again.sample, read_.sample);
    EXPECT_TRUE(again.same_layout);
  }

  void expect_unreadable(std::string_view line) {
    read(std::string(line) + "\nb: 2\n");
    EXPECT_THAT(read_.numbers, ElementsAre("b=2"));
    EXPECT_THAT(read_.texts, IsEmpty());
    EXPECT_EQ(read_.lines, 2u);
    EXPECT_EQ(read_.unreadable, 1u);
  }

  Reading read_;
};

TEST_F(StatsLine, is_a_name_and_a_number) {
  read("cluster.a.upstream_rq_total: 42\n");
  EXPECT_THAT(read_.numbers, ElementsAre("cluster.a.upstream_rq_total=42"));
  EXPECT_EQ(read_.lines, 1u);
  EXPECT_EQ(read_.unreadable, 0u);
}

TEST_F(StatsLine, keeps_dots_and_bars_of_a_method_name) {
  read(
      "cluster.outbound|50051||users.shop.svc.cluster.local.grpc.user.v1.UserService.GetUser.14: "
      "19\n");
  EXPECT_THAT(read_.numbers,
              ElementsAre("cluster.outbound|50051||users.shop.svc.cluster.local.grpc.user.v1."
                          "UserService.GetUser.14=19"));
}

TEST_F(StatsLine, may_have_the_largest_number) {
  read("sds.a.version: 18446744073709551615\n");
  EXPECT_THAT(read_.numbers, ElementsAre("sds.a.version=18446744073709551615"));
}

TEST_F(StatsLine, may_have_leading_zeros_beyond_the_width_of_a_number) {
  read("a: 0000000000000000000000000000007\n");
  EXPECT_THAT(read_.numbers, ElementsAre("a=7"));
}

TEST_F(StatsLine, may_be_the_last_without_a_newline) {
  read("a: 1\nb: 2");
  EXPECT_THAT(read_.numbers, ElementsAre("a=1", "b=2"));
}

TEST_F(StatsLine, may_end_with_a_carriage_return) {
  read("a: 1\r\nt: \"x\"\r\nb: 2\r");
  EXPECT_THAT(read_.numbers, ElementsAre("a=1", "b=2"));
  EXPECT_THAT(read_.texts, ElementsAre("t~\"x\""));
  EXPECT_EQ(read_.unreadable, 0u);
}

TEST_F(StatsLine, may_be_empty_and_is_not_counted_then) {
  read("a: 1\n\n\r\nb: 2\n");
  EXPECT_THAT(read_.numbers, ElementsAre("a=1", "b=2"));
  EXPECT_EQ(read_.lines, 2u);
}

TEST_F(StatsLine, ends_its_name_at_the_last_colon) {
  read("grpc.a: 7.b: 5\n");
  EXPECT_THAT(read_.numbers, ElementsAre("grpc.a: 7.b=5"));
}

TEST_F(StatsLine, may_be_a_quoted_text) {
  read("control_plane.identifier: \"istiod-7\"\n");
  EXPECT_THAT(read_.texts, ElementsAre("control_plane.identifier~\"istiod-7\""));
}

TEST_F(StatsLine, may_be_an_empty_text) {
  read("cluster_manager.cds.version_text: \"\"\n");
  EXPECT_THAT(read_.texts, ElementsAre("cluster_manager.cds.version_text~\"\""));
}

TEST_F(StatsLine, may_be_a_text_that_looks_like_a_stat) {
  read("t: \"a: 5\"\n");
  EXPECT_THAT(read_.texts, ElementsAre("t~\"a: 5\""));
}

TEST_F(StatsLine, may_be_a_text_that_looks_like_another_text) {
  read("t: \"a: \"5\"\n");
  EXPECT_THAT(read_.texts, ElementsAre("t~\"a: \"5\""));
}

TEST_F(StatsLine, may_be_a_histogram_that_saw_nothing) {
  read("h: No recorded values\n");
  EXPECT_THAT(read_.texts, ElementsAre("h~No recorded values"));
}

TEST_F(StatsLine, may_be_a_histogram_with_quantiles) {
  read("h: P0(nan,39.5) P100(nan,39.5)\n");
  EXPECT_THAT(read_.texts, ElementsAre("h~P0(nan,39.5) P100(nan,39.5)"));
}

TEST_F(StatsLine, may_be_a_histogram_with_buckets) {
  read("h: B0.5(0,0) B3.6e+06(1,4)\n");
  EXPECT_THAT(read_.texts, ElementsAre("h~B0.5(0,0) B3.6e+06(1,4)"));
}

TEST_F(StatsLine, is_unreadable_without_a_value) { expect_unreadable("a: "); }
TEST_F(StatsLine, is_unreadable_without_a_separator) { expect_unreadable("a 5"); }
TEST_F(StatsLine, is_unreadable_without_the_blank_of_the_separator) { expect_unreadable("a:5"); }
TEST_F(StatsLine, is_unreadable_without_a_name) { expect_unreadable(": 5"); }
TEST_F(StatsLine, is_unreadable_if_it_is_blank) { expect_unreadable(" "); }
TEST_F(StatsLine, is_unreadable_with_a_word_for_a_value) { expect_unreadable("a: five"); }
TEST_F(StatsLine, is_unreadable_with_a_plus) { expect_unreadable("a: +5"); }
TEST_F(StatsLine, is_unreadable_with_a_minus) { expect_unreadable("a: -1"); }
TEST_F(StatsLine, is_unreadable_with_an_exponent) { expect_unreadable("a: 1e3"); }
TEST_F(StatsLine, is_unreadable_with_a_fraction) { expect_unreadable("a: 1.5"); }
TEST_F(StatsLine, is_unreadable_with_a_blank_behind_the_number) { expect_unreadable("a: 5 "); }
TEST_F(StatsLine, is_unreadable_with_two_blanks_before_the_number) { expect_unreadable("a:  5"); }
TEST_F(StatsLine, is_unreadable_with_a_carriage_return_inside) { expect_unreadable("a: 5\r\r"); }
TEST_F(StatsLine, is_unreadable_with_a_number_beyond_64_bits) {
  expect_unreadable("a: 18446744073709551616");
}
TEST_F(StatsLine, is_unreadable_with_a_text_that_does_not_close) { expect_unreadable("a: \"x"); }
TEST_F(StatsLine, is_unreadable_with_a_quote_alone) { expect_unreadable("a: \""); }
TEST_F(StatsLine, is_unreadable_with_a_histogram_that_was_cut) { expect_unreadable("a: P0(nan,1"); }
TEST_F(StatsLine, is_unreadable_with_a_nul_in_the_name) { expect_unreadable("a\0b: 5"s); }
TEST_F(StatsLine, is_unreadable_with_a_nul_behind_the_number) { expect_unreadable("a: 5\0"s); }
TEST_F(StatsLine, is_unreadable_with_a_nul_in_the_text) { expect_unreadable("a: \"\0\""s); }
TEST_F(StatsLine, is_unreadable_if_it_is_markup) { expect_unreadable("<html>"); }

TEST_F(StatsLine, may_be_as_long_as_the_limit) {
  const std::string name(limits::line_bytes - 3, 'n');
  read(name + ": 7\n");
  EXPECT_THAT(read_.numbers, ElementsAre(name + "=7"));
}

TEST_F(StatsLine, is_unreadable_beyond_the_limit) {
  std::string line(limits::line_bytes - 2, 'n');
  expect_unreadable(line.append(": 7"));
}

TEST(StatsReader, takes_no_line_beyond_the_limit_even_of_a_known_name) {
  StatsReader reader;
  const std::string name(limits::line_bytes - 3, 'n');
  read_stats(reader, name + ": 7\n");
  EXPECT_EQ(read_stats(reader, name + ": 77\n").unreadable, 1u);
}

TEST(StatsReader, survives_a_mebibyte_without_a_line_end) {
  std::string body = "a: 1\n";
  body.append(1 << 20, 'x').append("\nb: 2\n");
  const Reading reading = read_stats(body);
  EXPECT_THAT(reading.numbers, ElementsAre("a=1", "b=2"));
  EXPECT_EQ(reading.unreadable, 1u);
  EXPECT_EQ(reading.sample, std::string(80, 'x'));
}

TEST(StatsReader, shows_the_first_unreadable_line_in_printable_form) {
  const Reading reading = read_stats("a\0\x1b[31m\na: b\n"s);
  EXPECT_EQ(reading.unreadable, 2u);
  EXPECT_EQ(reading.sample, "a??[31m");
}

TEST(StatsReader, finds_nothing_in_an_empty_body) {
  EXPECT_EQ(read_stats(std::string_view{}).lines, 0u);
  const Reading reading = read_stats("");
  EXPECT_THAT(reading.numbers, IsEmpty());
  EXPECT_EQ(reading.lines, 0u);
  EXPECT_EQ(reading.unreadable, 0u);
}

TEST(StatsReader, counts_the_first_of_several_lines_of_one_name) {
  const Reading reading = read_stats("a: 1\na: 2\nb: 3\na: 4\n");
  EXPECT_THAT(reading.numbers, ElementsAre("a=1", "b=3"));
  EXPECT_EQ(reading.unreadable, 2u);
  EXPECT_EQ(reading.sample, "a: 2");
}

TEST(StatsReader, takes_a_text_of_a_name_that_was_a_number_for_a_repetition) {
  const Reading reading = read_stats("a: 1\na: \"x\"\n");
  EXPECT_THAT(reading.numbers, ElementsAre("a=1"));
  EXPECT_THAT(reading.texts, IsEmpty());
  EXPECT_EQ(reading.unreadable, 1u);
}

}  // namespace
}  // namespace mesh::envoy_stats_line_test
