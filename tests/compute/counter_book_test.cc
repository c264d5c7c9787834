// The rules by which counters never run backwards, one each.
#include "compute/counter_book.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "base/limits.h"

namespace mesh::counter_book_test {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

Instant at(int second) { return Instant{} + seconds(1000 + second); }

struct Source {
  std::string name;
  std::uint64_t value;
  std::uint32_t scope = 0;
};

// Each source counts calls of a method that has the source's name.
CounterBlock block(const std::vector<Source>& sources) {
  std::vector<Series> series;
  CounterBlock block;
  for (const Source& source : sources) {
    series.push_back({source.name,
                      source.scope,
                      {Counted::calls, Direction::outbound, "up", "", "S", source.name, "OK"}});
    block.values.push_back(source.value);
  }
  block.series = std::make_shared<const std::vector<Series>>(std::move(series));
  return block;
}

class CounterBookTest : public testing::Test {
 protected:
  void enter(int second, const std::vector<Source>& sources, std::uint64_t life = 0) {
    book_.enter(block(sources), life, at(second));
    now_ = second;
  }
  CounterView view() { return book_.view(at(now_)); }

  LimitsConfig limits_{};
  Folder folder_{limits_};
  CounterBook book_{{seconds(60), seconds(5), seconds(30)}, folder_};
  int now_ = 0;
};

TEST_F(CounterBookTest, the_first_value_is_the_seed) {
  enter(0, {{"a", 7}});
  EXPECT_THAT(view().totals, ElementsAre(7));
}

TEST_F(CounterBookTest, has_no_window_before_two_samples) {
  enter(0, {{"a", 7}});
  EXPECT_THAT(view().increases, IsEmpty());
  EXPECT_EQ(view().window_seconds, 0);
}

TEST_F(CounterBookTest, the_seed_is_no_increase) {
  enter(0, {{"a", 7}});
  enter(10, {{"a", 9}});
  EXPECT_THAT(view().totals, ElementsAre(9));
  EXPECT_THAT(view().increases, ElementsAre(2));
  EXPECT_EQ(view().window_seconds, 10);
}

TEST_F(CounterBookTest, a_source_that_appears_later_has_grown_by_its_whole_value) {
  enter(0, {{"a", 7}});
  enter(10, {{"a", 7}, {"b", 3}});
  EXPECT_THAT(view().totals, ElementsAre(7, 3));
  EXPECT_THAT(view().increases, ElementsAre(0, 3));
}

TEST_F(CounterBookTest, a_fallen_value_began_again_from_zero) {
  enter(0, {{"a", 100}});
  enter(10, {{"a", 4}});
  EXPECT_THAT(view().totals, ElementsAre(104));
}

TEST_F(CounterBookTest, after_a_restart_even_a_higher_value_counts_whole) {
  enter(0, {{"a", 100}}, 0);
  enter(10, {{"a", 126}}, 1);
  EXPECT_THAT(view().totals, ElementsAre(226));
  EXPECT_THAT(view().increases, ElementsAre(126));
}

TEST_F(CounterBookTest, a_source_that_was_absent_counts_from_zero_when_it_returns) {
  enter(0, {{"a", 7}, {"b", 1}});
  enter(10, {{"b", 1}});
  enter(20, {{"a", 7}, {"b", 1}});
  EXPECT_THAT(view().totals, ElementsAre(14, 1));
}

TEST_F(CounterBookTest, one_fallen_bucket_means_the_whole_histogram_began_again) {
  enter(0, {{"a", 10, 5}, {"b", 10, 5}, {"c", 10, 6}});
  enter(10, {{"a", 3, 5}, {"b", 12, 5}, {"c", 12, 6}});
  EXPECT_THAT(view().totals, ElementsAre(13, 22, 12));
}

TEST_F(CounterBookTest, a_source_that_vanishes_leaves_the_others_alone) {
  enter(0, {{"a", 10, 5}, {"b", 10, 5}});
  enter(10, {{"b", 12, 5}});
  EXPECT_THAT(view().totals, ElementsAre(10, 12));
}

TEST_F(CounterBookTest, a_source_missing_from_an_incomplete_answer_did_not_vanish) {
  enter(0, {{"a", 5}, {"b", 10}});
  CounterBlock damaged = block({{"b", 12}});
  damaged.complete = false;
  book_.enter(damaged, 0, at(10));
  EXPECT_THAT(book_.view(at(10)).totals, ElementsAre(5, 12));
  enter(20, {{"a", 6}, {"b", 13}});
  EXPECT_THAT(view().totals, ElementsAre(6, 13));
  EXPECT_THAT(view().increases, ElementsAre(1, 3));
}

TEST_F(CounterBookTest, a_missing_histogram_is_not_taken_for_another_that_began_again) {
  enter(0, {{"a", 5, 1}, {"b", 10, 2}});
  CounterBlock damaged = block({{"b", 3, 1}});  // numbered anew in this answer
  damaged.complete = false;
  book_.enter(damaged, 0, at(10));
  EXPECT_THAT(book_.view(at(10)).totals, ElementsAre(5, 13));
}

TEST_F(CounterBookTest, a_source_that_stays_unreadable_goes_stale_and_its_count_goes_on) {
  enter(0, {{"a", 5}, {"b", 10}});
  for (int second = 10; second <= 40; second += 10) {
    CounterBlock damaged = block({{"b", 12}});
    damaged.complete = false;
    book_.enter(damaged, 0, at(second));
  }
  EXPECT_THAT(book_.view(at(40)).totals, ElementsAre(12));
  enter(50, {{"a", 7}, {"b", 12}});
  EXPECT_THAT(view().totals, ElementsAre(7, 12));
}

TEST_F(CounterBookTest, of_endless_incomplete_answers_only_the_last_seen_are_kept) {
  const auto total_after = [this](int second, int first, int end) {
    std::vector<Source> sources;
    for (int i = first; i < end; ++i) sources.push_back({std::to_string(i), 1});
    CounterBlock answer = block(sources);
    answer.complete = false;
    book_.enter(answer, 0, at(second));
    const auto totals = book_.view(at(second)).totals;
    return std::accumulate(totals.begin(), totals.end(), std::uint64_t{0});
  };
  constexpr int step = limits::raw_series_per_target / 2;
  for (int turn = 0; turn < 3; ++turn) total_after(turn, turn * step, (turn + 1) * step);
  EXPECT_EQ(total_after(3, step, step + 1), 3 * step);
  EXPECT_EQ(total_after(4, 0, 1), 3 * step + 1);  // forgotten: it counts from zero
}

TEST_F(CounterBookTest, after_a_restart_an_incomplete_answer_brings_nothing_back) {
  enter(0, {{"a", 5}, {"b", 10}}, 0);
  CounterBlock damaged = block({{"b", 3}});
  damaged.complete = false;
  book_.enter(damaged, 1, at(10));
  enter(20, {{"a", 2}, {"b", 3}}, 1);
  EXPECT_THAT(view().totals, ElementsAre(7, 13));
}

TEST_F(CounterBookTest, the_same_series_in_another_order_are_the_same_series) {
  enter(0, {{"a", 1}, {"b", 10}});
  enter(10, {{"b", 11}, {"a", 3}});
  EXPECT_THAT(view().totals, ElementsAre(3, 11));
  EXPECT_THAT(view().increases, ElementsAre(2, 1));
}

TEST_F(CounterBookTest, two_sources_of_one_key_are_added_up_and_followed_apart) {
  const auto two = [](std::uint64_t first, std::uint64_t second) {
    CounterBlock both = block({{"m", first}, {"m", second}});
    std::vector<Series> series = *both.series;
    series[1].source = "m of another cluster";
    both.series = std::make_shared<const std::vector<Series>>(series);
    return both;
  };
  book_.enter(two(10, 20), 0, at(0));
  book_.enter(two(12, 5), 0, at(1));
  now_ = 1;
  EXPECT_THAT(view().totals, ElementsAre(30 + 2 + 5));
}

TEST_F(CounterBookTest, a_vanished_key_disappears_after_stale_after_and_goes_on_when_it_returns) {
  enter(0, {{"a", 7}, {"b", 1}});
  enter(10, {{"b", 1}});
  enter(30, {{"b", 2}});
  EXPECT_THAT(view().totals, ElementsAre(7, 2));  // 30 s is not longer than 30 s
  enter(31, {{"b", 2}});
  EXPECT_THAT(view().totals, ElementsAre(2));
  enter(40, {{"a", 2}, {"b", 2}});
  EXPECT_THAT(view().totals, ElementsAre(9, 2));
}

TEST_F(CounterBookTest, everything_disappears_when_no_answer_comes_for_stale_after) {
  enter(0, {{"a", 7}});
  EXPECT_THAT(book_.view(at(30)).totals, ElementsAre(7));
  EXPECT_THAT(book_.view(at(31)).totals, IsEmpty());
  enter(50, {{"a", 9}});
  EXPECT_THAT(view().totals, ElementsAre(9));
}

TEST_F(CounterBookTest, the_window_forgets_what_is_older_than_itself) {
  for (int second = 0; second <= 120; second += 10) {
    enter(second, {{"a", static_cast<std::uint64_t>(second)}});
  }
  EXPECT_EQ(view().window_seconds, 60);
  EXPECT_THAT(view().increases, ElementsAre(60));
}

TEST_F(CounterBookTest, a_sample_slightly_older_than_the_window_is_still_its_start) {
  enter(0, {{"a", 1}});
  enter(62, {{"a", 5}});
  EXPECT_EQ(view().window_seconds, 62);
  EXPECT_THAT(view().increases, ElementsAre(4));
}

TEST_F(CounterBookTest, a_gap_longer_than_the_window_leaves_no_window_but_every_increase) {
  enter(0, {{"a", 1}});
  enter(100, {{"a", 5}});
  EXPECT_EQ(view().window_seconds, 0);
  EXPECT_THAT(view().totals, ElementsAre(5));
}

TEST_F(CounterBookTest, a_fast_pace_keeps_few_checkpoints_and_exact_ends) {
  CounterBook book({seconds(60), seconds(0), seconds(30)}, folder_);
  const CounterBlock first = block({{"fast", 0}});
  for (int tick = 0; tick <= 6000; ++tick) {  // 10 per second for ten minutes
    CounterBlock now = first;
    now.values = {static_cast<std::uint64_t>(tick)};
    book.enter(now, 0, at(0) + std::chrono::milliseconds(100) * tick);
  }
  const CounterView view = book.view(at(600));
  EXPECT_LE(view.window_seconds, 60);
  EXPECT_GE(view.window_seconds, 59);
  EXPECT_THAT(view.increases, ElementsAre(std::llround(view.window_seconds * 10)));
}

TEST_F(CounterBookTest, unchanged_keys_are_handed_out_as_the_same_object) {
  enter(0, {{"a", 1}});
  const auto keys = view().keys;
  enter(1, {{"a", 2}});
  EXPECT_EQ(view().keys, keys);
  enter(2, {{"a", 2}, {"b", 1}});
  EXPECT_NE(view().keys, keys);
  EXPECT_EQ(keys->size(), 1u);
}

TEST_F(CounterBookTest, folded_methods_are_summed_in_other_and_the_sum_stays_right) {
  limits_.methods_per_upstream = 1;
  Folder folder(limits_);
  CounterBook book({seconds(60), seconds(5), seconds(30)}, folder);
  book.enter(block({{"a", 1}, {"b", 2}, {"c", 4}}), 0, at(0));
  book.enter(block({{"a", 2}, {"b", 1}, {"c", 6}}), 0, at(1));  // b began again
  const CounterView view = book.view(at(1));
  ASSERT_EQ(view.keys->size(), 2u);
  EXPECT_EQ((*view.keys)[1].method, "other");
  EXPECT_EQ((*view.keys)[1].service, "other");
  EXPECT_THAT(view.totals, ElementsAre(2, 2 + 4 + 1 + 2));
}

TEST_F(CounterBookTest, a_place_given_back_is_given_to_the_next_method) {
  limits_.methods_per_upstream = 1;
  Folder folder(limits_);
  CounterBook book({seconds(60), seconds(5), seconds(30)}, folder);
  book.enter(block({{"a", 1}}), 0, at(0));
  book.enter(block({}), 0, at(1));
  book.enter(block({{"b", 5}}), 0, at(40));
  const CounterView view = book.view(at(40));
  ASSERT_EQ(view.keys->size(), 1u);
  EXPECT_EQ(view.keys->front().method, "b");
}

TEST_F(CounterBookTest, remembers_a_bounded_number_of_retired_series) {
  // Every answer brings a thousand new names: what comes back after the bound begins anew.
  for (int round = 0; round < 20; ++round) {
    std::vector<Source> sources{{"constant", static_cast<std::uint64_t>(round)}};
    for (int i = 0; i < 1000; ++i) sources.push_back({std::to_string(round * 1000 + i), 5});
    limits_.methods_per_upstream = 100'000;
    enter(round * 40, sources);
  }
  const CounterView last = view();
  EXPECT_LE(last.totals.size(), 1001u);
  const auto constant = std::find_if(last.keys->begin(), last.keys->end(),
                                     [](const SeriesKey& key) { return key.method == "constant"; });
  ASSERT_NE(constant, last.keys->end());
  EXPECT_EQ(last.totals[static_cast<std::size_t>(constant - last.keys->begin())], 19u);
}

}  // namespace
}  // namespace mesh::counter_book_test
