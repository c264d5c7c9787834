// The sum of a histogram is one counter among its buckets: it begins again when they do, and never
// runs backwards.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "compute/counter_book.h"

namespace mesh::duration_sum_test {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

class DurationSumTest : public testing::Test {
 protected:
  // The calls of one method: within 5 ms, all of them, and their time in microseconds.
  struct Durations {
    std::uint64_t quick, all, sum_us;
  };

  static CounterBlock block(const Durations& durations) {
    const SeriesKey quick{
        Counted::duration_bucket, Direction::outbound, "users:1", "", "S", "M", "0.005"};
    SeriesKey all = quick, sum = quick;
    all.detail = "+Inf";
    sum.counted = Counted::duration_sum_us;
    sum.detail = "";
    const std::vector<Series> series{{"h/0.005", 1, quick}, {"h/+Inf", 1, all}, {"h/sum", 1, sum}};
    return {std::make_shared<const std::vector<Series>>(series),
            {durations.quick, durations.all, durations.sum_us}};
  }

  void enter(const Durations& durations, std::uint64_t life = 0) { enter(block(durations), life); }
  void enter(const CounterBlock& answer, std::uint64_t life) {
    now_ += seconds(10);
    book_.enter(answer, life, now_);
  }
  std::vector<std::uint64_t> totals() { return book_.view(now_).totals; }

  LimitsConfig limits_{};
  Folder folder_{limits_};
  CounterBook book_{{seconds(60), seconds(5), seconds(30)}, folder_};
  Instant now_ = Instant{} + seconds(1000);
};

TEST_F(DurationSumTest, grows_with_the_buckets) {
  enter({2, 3, 25'000});
  enter({2, 4, 34'500});
  EXPECT_THAT(totals(), ElementsAre(2, 4, 34'500));
}

TEST_F(DurationSumTest, goes_on_after_a_restart_that_a_lower_sum_shows) {
  enter({2, 3, 25'000}, 0);
  enter({1, 1, 4'000}, 1);
  EXPECT_THAT(totals(), ElementsAre(3, 4, 29'000));
}

TEST_F(DurationSumTest, counts_whole_after_a_restart_even_if_it_is_higher_than_before) {
  enter({2, 3, 25'000}, 0);
  enter({0, 1, 90'000}, 1);
  EXPECT_THAT(totals(), ElementsAre(2, 4, 115'000));
}

TEST_F(DurationSumTest, begins_again_with_a_bucket_that_fell) {
  enter({2, 3, 25'000});
  enter({0, 1, 90'000});  // one slow call since the cluster was replaced
  EXPECT_THAT(totals(), ElementsAre(2, 4, 115'000));
}

TEST_F(DurationSumTest, makes_the_buckets_begin_again_if_it_fell_itself) {
  enter({2, 3, 250'000});
  enter({4, 4, 4'000});  // more calls than before, but all of them quick
  EXPECT_THAT(totals(), ElementsAre(6, 7, 254'000));
}

TEST_F(DurationSumTest, goes_on_after_its_histogram_was_absent) {
  enter({2, 3, 25'000});
  enter(CounterBlock{}, 0);
  EXPECT_THAT(totals(), ElementsAre(2, 3, 25'000));
  enter({1, 1, 4'000});
  EXPECT_THAT(totals(), ElementsAre(3, 4, 29'000));
}

TEST_F(DurationSumTest, keeps_its_value_over_an_answer_that_is_not_complete) {
  enter({2, 3, 25'000});
  CounterBlock damaged = block({2, 4, 34'500});
  std::vector<Series> without_sum{(*damaged.series)[0], (*damaged.series)[1]};
  damaged.series = std::make_shared<const std::vector<Series>>(std::move(without_sum));
  damaged.values.pop_back();
  damaged.complete = false;
  enter(damaged, 0);
  EXPECT_THAT(totals(), ElementsAre(2, 4, 25'000));
  enter({2, 5, 40'000});
  EXPECT_THAT(totals(), ElementsAre(2, 5, 40'000));
}

TEST_F(DurationSumTest, is_hidden_with_its_buckets_and_returns_with_them) {
  enter({2, 3, 25'000});
  for (int i = 0; i < 4; ++i) enter(CounterBlock{}, 0);
  EXPECT_THAT(totals(), IsEmpty());
  enter({1, 1, 4'000});
  EXPECT_THAT(totals(), ElementsAre(3, 4, 29'000));
}

}  // namespace
}  // namespace mesh::duration_sum_test
