// A page's samples as a block of counters.
#include "dialect/page_counters.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "base/limits.h"

namespace mesh::page_counters_test {
namespace {

using testing::ElementsAre;

class PageCountersTest : public testing::Test {
 protected:
  // Whether each sample was entered; the key is its name.
  CounterBlock read(const std::string& page) {
    counters_.begin();
    taken_ = true;
    read_exposition(page, [&](const Sample& sample) {
      SeriesKey key;
      key.method = sample.name;
      taken_ = counters_.add(sample, key, sample.value) && taken_;
    });
    return counters_.end(true);
  }

  PageCounters counters_;
  bool taken_ = true;
};

TEST_F(PageCountersTest, tells_samples_apart_by_all_of_their_labels) {
  const CounterBlock block = read("a{x=\"1\"} 2\na{x=\"2\"} 3.9\na{x=\"1\"} 9\n");
  EXPECT_THAT(block.values, ElementsAre(2, 3));
  EXPECT_NE((*block.series)[0].source, (*block.series)[1].source);
}

TEST_F(PageCountersTest, gives_the_same_series_as_the_same_object) {
  const CounterBlock first = read("a 1\nb 2\n");
  const CounterBlock second = read("a 2\nb 2\n");
  EXPECT_EQ(first.series, second.series);
  EXPECT_THAT(second.values, ElementsAre(2, 2));
  EXPECT_NE(read("a 2\n").series, second.series);
}

TEST_F(PageCountersTest, takes_no_value_that_a_counter_cannot_have) {
  for (const char* value : {"-1", "NaN", "+Inf", "2e19"}) {
    EXPECT_TRUE(read(std::string("a ") + value + "\n").values.empty()) << value;
    EXPECT_FALSE(taken_) << value;
  }
}

TEST_F(PageCountersTest, is_bounded) {
  std::string page;
  for (std::size_t i = 0; i < limits::raw_series_per_target + 10; ++i) {
    page.append("a").append(std::to_string(i)).append(" 1\n");
  }
  EXPECT_EQ(read(page).values.size(), limits::raw_series_per_target);
  EXPECT_FALSE(taken_);
  page.clear();
  const std::string longest(60'000, 'x');
  for (int i = 0; i < 400; ++i) page.append("a").append(std::to_string(i)).append(longest + " 1\n");
  EXPECT_EQ(read(page).values.size(), limits::raw_series_bytes_per_target / 60'004);
}

TEST_F(PageCountersTest, knows_a_source_again_and_takes_one_that_was_away_for_another) {
  const CounterBlock first = read("a 1\nb 2\nc 3\n");
  const CounterBlock second = read("c 4\na 1\n");
  EXPECT_EQ((*second.series)[0].source, (*first.series)[2].source);
  EXPECT_EQ((*second.series)[1].source, (*first.series)[0].source);
  const CounterBlock third = read("b 5\n");
  EXPECT_NE((*third.series)[0].source, (*first.series)[1].source);
  EXPECT_NE((*third.series)[0].source, (*first.series)[2].source);
}

TEST_F(PageCountersTest, knows_a_source_again_that_an_incomplete_answer_lacked) {
  const CounterBlock first = read("a 1\nb 2\n");
  counters_.begin();
  EXPECT_TRUE(counters_.end(false).values.empty());
  EXPECT_EQ((*read("b 3\n").series)[0].source, (*first.series)[1].source);
}

TEST_F(PageCountersTest, has_the_buckets_and_the_sum_of_a_histogram_as_one_measurement) {
  counters_.begin();
  SeriesKey key;
  key.counted = Counted::duration_bucket;
  read_exposition(
      "t_bucket{x=\"1\",le=\"5\"} 2\nt_bucket{x=\"1\",le=\"+Inf\"} 3\nt_sum{x=\"1\"} 7.25\n"
      "t_bucket{x=\"2\",le=\"5\"} 1\n",
      [&](const Sample& sample) { EXPECT_TRUE(counters_.add_time(sample, key)); });
  read_exposition("t_bucket{x=\"3\"} 2\nt_bucket{x=\"3\",le=\"nan\"} 2\n",
                  [&](const Sample& sample) { EXPECT_FALSE(counters_.add_time(sample, key)); });
  const CounterBlock block = counters_.end(true);
  EXPECT_THAT(block.values, ElementsAre(2, 3, 7250, 1));
  const std::vector<Series>& series = *block.series;
  EXPECT_EQ(series[0].key.detail, "0.005");
  EXPECT_EQ(series[1].key.detail, "+Inf");
  EXPECT_EQ(series[2].key.counted, Counted::duration_sum_us);
  EXPECT_EQ(series[0].scope, series[2].scope);
  EXPECT_NE(series[0].scope, series[3].scope);
  EXPECT_NE(series[0].source, series[1].source);
}

TEST_F(PageCountersTest, numbers_measurements_within_one_answer) {
  EXPECT_EQ(counters_.scope_of("a"), 1u);
  EXPECT_EQ(counters_.scope_of("b"), 2u);
  EXPECT_EQ(counters_.scope_of("a"), 1u);
  counters_.begin();
  EXPECT_EQ(counters_.scope_of("b"), 1u);
}

}  // namespace
}  // namespace mesh::page_counters_test
