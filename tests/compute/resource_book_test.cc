// What looks at a control group come to: counters that go on where groups end, gauges that do not.
#include "compute/resource_book.h"

#include <gtest/gtest.h>

#include <string>

namespace mesh::resource_book_test {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using enum ResourceCounter;

constexpr WallTime noon{seconds(1'800'000'000)};

CgroupLook look(std::uint64_t life, std::uint64_t cpu, std::uint64_t kills = 0) {
  CgroupLook look;
  look.reading.memory = 100;
  look.reading.inactive_file = 30;
  look.reading.memory_limit = 200;
  look.reading.counts[index_of(ResourceCounter::cpu)] = CgroupReading::Count{cpu, life};
  look.reading.counts[index_of(oom_kills)] = CgroupReading::Count{kills, life};
  return look;
}

CgroupLook gone() {
  CgroupLook look;
  look.error = "no cgroup /a in /sys/fs/cgroup";
  return look;
}

class ResourceBookTest : public testing::Test {
 protected:
  void enter(const CgroupLook& look, Duration later = seconds(15)) {
    now_ += later;
    book_.enter(look, now_, noon + (now_ - Instant{}));
  }
  SidecarResources state() { return book_.state(now_).value_or(SidecarResources{}); }
  std::optional<std::uint64_t> total(ResourceCounter counter) { return state().total(counter); }

  ResourceBook book_{seconds(60), minutes(60)};
  Instant now_;
};

TEST_F(ResourceBookTest, knows_nothing_before_the_first_look) {
  EXPECT_FALSE(book_.state(now_).has_value());
}

TEST_F(ResourceBookTest, what_files_hold_is_no_working_set) {
  enter(look(1, 0));
  EXPECT_EQ(state().working_set, 70u);
  EXPECT_EQ(state().memory_limit, 200u);
}

TEST_F(ResourceBookTest, the_two_parts_of_a_working_set_are_read_at_different_moments) {
  CgroupLook odd = look(1, 0);
  odd.reading.inactive_file = 120;
  enter(odd);
  EXPECT_EQ(state().working_set, 0u);
  odd.reading.inactive_file.reset();
  enter(odd);
  EXPECT_EQ(state().working_set, std::nullopt);
}

TEST_F(ResourceBookTest, a_quota_is_told_in_processors) {
  CgroupLook limited = look(1, 0);
  limited.reading.quota_us = 150'000;
  limited.reading.period_us = 100'000;
  enter(limited);
  EXPECT_EQ(state().cpu_limit, 1.5);
  limited.reading.quota_us.reset();
  enter(limited);
  EXPECT_EQ(state().cpu_limit, std::nullopt);
}

TEST_F(ResourceBookTest, the_first_look_is_the_seed) {
  enter(look(1, 500, 2));
  EXPECT_EQ(total(cpu), 500u);
  EXPECT_EQ(total(oom_kills), 2u);
  EXPECT_EQ(state().recent_oom_kills, 0u);  // nobody knows when they were
}

TEST_F(ResourceBookTest, a_new_group_counts_from_zero_even_past_its_forerunner) {
  enter(look(1, 500));
  enter(look(1, 600));
  enter(look(2, 650, 1));
  EXPECT_EQ(total(cpu), 1250u);
  EXPECT_EQ(total(oom_kills), 1u);
  EXPECT_EQ(state().recent_oom_kills, 1u);
}

TEST_F(ResourceBookTest, a_counter_that_fell_began_again) {
  enter(look(1, 500));
  enter(look(1, 20));
  EXPECT_EQ(total(cpu), 520u);
}

TEST_F(ResourceBookTest, a_group_that_is_gone_uses_nothing_and_its_counters_stay_for_a_while) {
  enter(look(1, 500));
  enter(gone());
  EXPECT_EQ(state().error, "no cgroup /a in /sys/fs/cgroup");
  EXPECT_EQ(state().working_set, std::nullopt);
  EXPECT_EQ(state().memory_limit, std::nullopt);
  EXPECT_EQ(total(cpu), 500u);
  enter(gone(), minutes(2));
  EXPECT_EQ(total(cpu), std::nullopt);
  enter(look(2, 7));
  EXPECT_EQ(state().error, "");
  EXPECT_EQ(total(cpu), 507u);
}

TEST_F(ResourceBookTest, a_counter_that_one_look_did_not_tell_goes_on) {
  enter(look(1, 500));
  CgroupLook part = look(1, 0);
  part.reading.counts = {};
  enter(part);
  enter(look(1, 510));
  EXPECT_EQ(total(cpu), 510u);
}

TEST_F(ResourceBookTest, kills_are_recent_for_an_hour) {
  enter(look(1, 0));
  enter(look(1, 0, 2));
  EXPECT_EQ(state().recent_oom_kills, 2u);
  EXPECT_EQ(state().last_oom_kill, noon + seconds(30));
  enter(look(1, 0, 3), minutes(30));
  EXPECT_EQ(state().recent_oom_kills, 3u);
  enter(look(1, 0, 3), minutes(40));
  EXPECT_EQ(state().recent_oom_kills, 1u);
  enter(look(1, 0, 3), minutes(40));
  EXPECT_EQ(state().recent_oom_kills, 0u);
  EXPECT_EQ(state().last_oom_kill, std::nullopt);
  EXPECT_EQ(total(oom_kills), 3u);
}

TEST_F(ResourceBookTest, a_kill_is_remembered_when_its_group_is_gone) {
  enter(look(1, 0));
  enter(look(1, 0, 1));
  enter(gone());
  EXPECT_EQ(state().recent_oom_kills, 1u);
}

CgroupLook told_by_kubelet(std::uint64_t cpu) {
  CgroupLook look;
  look.source = ResourceSource::kubelet;
  look.reading.working_set = 60;
  look.reading.memory_limit = 200;
  look.reading.counts[index_of(ResourceCounter::cpu)] = CgroupReading::Count{cpu, 0};
  return look;
}

TEST_F(ResourceBookTest, a_kubelet_tells_little_and_nothing_is_made_up) {
  enter(told_by_kubelet(500));
  EXPECT_EQ(state().source, ResourceSource::kubelet);
  EXPECT_EQ(state().working_set, 60u);
  EXPECT_EQ(state().memory_limit, 200u);
  EXPECT_EQ(state().memory_peak, std::nullopt);
  EXPECT_EQ(state().memory_stalled, std::nullopt);
  EXPECT_EQ(total(cpu), 500u);
  EXPECT_EQ(total(oom_kills), std::nullopt);
  EXPECT_EQ(total(throttled), std::nullopt);
}

TEST_F(ResourceBookTest, a_container_made_anew_counts_from_nothing_at_the_kubelet_too) {
  enter(told_by_kubelet(500));
  enter(told_by_kubelet(20));
  EXPECT_EQ(total(cpu), 520u);
}

TEST_F(ResourceBookTest, what_two_sources_counted_is_not_added_up) {
  enter(told_by_kubelet(500));
  enter(look(7, 510, 1));
  EXPECT_EQ(total(cpu), 500u) << "the same time, seen from elsewhere";
  enter(look(7, 530, 2));
  EXPECT_EQ(total(cpu), 520u);
  enter(told_by_kubelet(540));
  enter(look(7, 550, 3));
  EXPECT_EQ(total(cpu), 520u);
  EXPECT_EQ(total(oom_kills), 3u) << "only one of them counts kills";
}

TEST_F(ResourceBookTest, a_kubelet_that_is_not_asked_any_more_is_forgotten) {
  enter(told_by_kubelet(500));
  now_ += seconds(60);
  EXPECT_TRUE(book_.state(now_).has_value());
  now_ += seconds(1);
  EXPECT_FALSE(book_.state(now_).has_value());
}

TEST_F(ResourceBookTest, a_kubelet_is_not_forgotten_between_two_questions) {
  ResourceBook impatient{seconds(2), minutes(60)};
  impatient.enter(told_by_kubelet(500), now_, noon);
  EXPECT_EQ(impatient.state(now_ + seconds(15))->total(cpu), 500u);
}

}  // namespace
}  // namespace mesh::resource_book_test
