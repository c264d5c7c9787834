// The poller against an admin server that misbehaves: a bad target never hurts a good one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/poller_fixture.h"

namespace mesh::support::poller_test {
namespace {

TEST_F(PollerTest, the_first_snapshot_knows_the_targets_and_nothing_of_them) {
  FakeAdmin admin;
  const auto poller = poll({target("a", admin)});
  ASSERT_EQ(poller->snapshot()->targets.size(), 1u);
  EXPECT_FALSE(poller->snapshot()->targets[0]->up);
  EXPECT_EQ(poller->snapshot()->pass.passes, 0u);
}

TEST_F(PollerTest, a_good_target_is_up_with_its_counts) {
  timeout_ = seconds(1);  // of a busy machine: an answer that is late would end the connection
  FakeAdmin admin;
  behave(admin);
  const auto poller = poll({target("a", admin)});
  ASSERT_TRUE(until([&] { return poller->snapshot()->pass.passes >= 3; }));
  const TargetState& state = *poller->snapshot()->targets[0];
  EXPECT_TRUE(state.up);
  EXPECT_EQ(state.traffic.totals, (std::vector<std::uint64_t>{7, 7}));
  EXPECT_EQ(admin.connections(), 1);
  EXPECT_EQ(admin.most_requests_at_once(), 1);
}

TEST_F(PollerTest, a_restarted_target_comes_back_by_itself) {
  FakeAdmin admin;
  behave(admin);
  const auto poller = poll({target("a", admin)});
  ASSERT_TRUE(until([&] { return poller->snapshot()->targets[0]->up; }));
  admin.refuse();
  ASSERT_TRUE(until([&] { return !poller->snapshot()->targets[0]->up; }));
  EXPECT_EQ(poller->snapshot()->targets[0]->failure->reason, Reason::connect);
  admin.listen();
  EXPECT_TRUE(until([&] { return poller->snapshot()->targets[0]->up; }));
}

TEST_F(PollerTest, a_target_that_is_found_later_is_asked_at_once) {
  timeout_ = seconds(1);
  FakeAdmin first, second;
  behave(first);
  behave(second);
  const auto poller = poll({target("a", first)});
  ASSERT_TRUE(until([&] { return poller->snapshot()->pass.passes >= 1; }));
  const std::uint64_t passes = poller->snapshot()->pass.passes;
  poller->watch({target("b", second), target("a", first)});
  ASSERT_EQ(poller->snapshot()->targets.size(), 2u);
  EXPECT_EQ(poller->snapshot()->targets[0]->target.pod, "b");
  ASSERT_TRUE(until([&] { return poller->snapshot()->targets[0]->up; }));
  EXPECT_EQ(poller->snapshot()->pass.passes, passes);
}

TEST_F(PollerTest, a_target_that_stays_keeps_what_it_has_shown_while_others_come_and_go) {
  timeout_ = seconds(1);
  FakeAdmin first, second;
  behave(first);
  behave(second);
  const auto poller = poll({target("a", first), target("b", second)});
  ASSERT_TRUE(until([&] { return poller->snapshot()->pass.passes >= 1; }));
  poller->watch({target("a", first)});
  ASSERT_EQ(poller->snapshot()->targets.size(), 1u);
  EXPECT_TRUE(poller->snapshot()->targets[0]->up);
  EXPECT_EQ(poller->snapshot()->targets[0]->traffic.totals, (std::vector<std::uint64_t>{7, 7}));
  EXPECT_EQ(first.connections(), 1);
}

TEST_F(PollerTest, a_target_that_leaves_while_it_is_asked_is_shown_no_more) {
  timeout_ = seconds(1);
  FakeAdmin slow, other;
  slow.on_everything(habits::never_answer);
  behave(other);
  const auto poller = poll({target("a", slow), target("b", other)});
  ASSERT_TRUE(until([&] { return slow.connections() > 0 && poller->snapshot()->targets[1]->up; }));
  poller->watch({target("b", other)});
  const std::uint64_t passes = poller->snapshot()->pass.passes;
  ASSERT_TRUE(until([&] { return poller->snapshot()->pass.passes >= passes + 2; }));
  ASSERT_EQ(poller->snapshot()->targets.size(), 1u);
  EXPECT_EQ(poller->snapshot()->targets[0]->target.pod, "b");
}

TEST_F(PollerTest, a_target_that_moved_is_another_one) {
  timeout_ = seconds(1);
  FakeAdmin here, there;
  behave(here);
  behave(there, "cluster.c.grpc.S.M.0: 2\ncluster.c.upstream_rq_total: 2\nserver.state: 0\n");
  const auto poller = poll({target("a", here)});
  ASSERT_TRUE(until([&] { return poller->snapshot()->targets[0]->up; }));
  poller->watch({target("a", there)});
  EXPECT_FALSE(poller->snapshot()->targets[0]->up);
  ASSERT_TRUE(until([&] { return poller->snapshot()->targets[0]->up; }));
  EXPECT_EQ(poller->snapshot()->targets[0]->traffic.totals, (std::vector<std::uint64_t>{2, 2}));
}

TEST_F(PollerTest, a_target_that_never_answers_is_asked_ever_more_seldom) {
  FakeAdmin admin;
  admin.on_everything(habits::never_answer);
  const auto poller = poll({target("a", admin)});
  EXPECT_TRUE(
      until([&] { return poller->snapshot()->targets[0]->poll_interval == milliseconds(800); }));
}

TEST_F(PollerTest,
       a_target_that_answers_too_much_is_asked_ever_more_seldom_and_its_bytes_are_told) {
  timeout_ = milliseconds(500);  // in which even a busy machine reads 2 MB
  FakeAdmin admin;
  admin.on_everything(habits::endless_chunks());
  const auto poller = poll({target("a", admin)});
  ASSERT_TRUE(until([&] { return poller->snapshot()->targets[0]->poll_interval == seconds(4); }));
  EXPECT_GT(poller->snapshot()->targets[0]->scrape_bytes, 2u << 20);
}

TEST_F(PollerTest, a_target_of_which_one_answer_is_too_much_is_up_and_asked_ever_more_seldom) {
  FakeAdmin admin;
  behave(admin);
  admin.on("/clusters?format=json", habits::announce_a_terabyte());
  const auto poller = poll({target("a", admin)});
  ASSERT_TRUE(
      until([&] { return poller->snapshot()->targets[0]->poll_interval == milliseconds(800); }));
  EXPECT_TRUE(poller->snapshot()->targets[0]->up);
}

TEST_F(PollerTest, a_target_whose_long_answers_cannot_be_read_is_asked_ever_more_seldom) {
  timeout_ = milliseconds(500);
  FakeAdmin admin;
  std::string garbage;
  while (garbage.size() < (3u << 19)) garbage += "garbage, and much of it\n";
  admin.on_everything(habits::page(garbage));
  const auto poller = poll({target("a", admin)});
  ASSERT_TRUE(until([&] { return poller->snapshot()->targets[0]->poll_interval == seconds(4); }));
  EXPECT_GT(failures(*poller->snapshot()->targets[0], Reason::parse), 1u);
}

TEST_F(PollerTest, stop_lets_what_was_asked_finish_and_asks_no_more) {
  FakeAdmin admin;
  behave(admin);
  std::vector<Target> targets;
  for (int i = 0; i < 12; ++i) targets.push_back(target("t" + std::to_string(i), admin));
  const auto poller = poll(targets);
  ASSERT_TRUE(until([&] { return poller->snapshot()->targets[11]->up; }));
  poller->stop();
  const int asked = admin.requests();
  const auto passes = poller->snapshot()->pass.passes;
  io_.run_for(seconds(20));
  EXPECT_TRUE(io_.stopped());  // for want of work
  EXPECT_LE(admin.requests(), asked + 4 * 3);
  EXPECT_LE(poller->snapshot()->pass.passes, passes + 1);
}

TEST_F(PollerTest, stop_keeps_those_who_wait_their_turn_from_asking) {
  FakeAdmin admin;
  admin.on_everything(habits::never_answer);
  std::vector<Target> targets;
  for (int i = 0; i < 12; ++i) targets.push_back(target("t" + std::to_string(i), admin));
  const auto poller = poll(targets);
  ASSERT_TRUE(until([&] { return admin.requests() == 4; }));
  poller->stop();
  io_.run_for(seconds(20));
  EXPECT_TRUE(io_.stopped());  // for want of work
  EXPECT_EQ(admin.requests(), 4);
}

TEST_F(PollerTest, no_more_targets_than_configured_are_asked_at_once) {
  FakeAdmin admin;
  admin.on_everything(habits::never_answer);
  std::vector<Target> targets;
  for (int i = 0; i < 12; ++i) targets.push_back(target("t" + std::to_string(i), admin));
  timeout_ = seconds(30);  // nobody gives up a slot meanwhile
  const auto poller = poll(targets);
  ASSERT_TRUE(until([&] { return admin.requests() == 4; }));
  // All others are ready to ask; a few rounds of the loop would let them.
  for (int round = 0; round < 5; ++round) io_.run_one_for(milliseconds(20));
  EXPECT_EQ(admin.requests(), 4);
}

TEST_F(PollerTest, a_line_with_nul_bytes_is_counted_and_the_others_are_read) {
  using std::string_literals::operator""s;
  FakeAdmin admin;
  behave(admin, good_stats + "cluster.\0.upstream_rq_total: 1\n"s);
  const auto poller = poll({target("a", admin)});
  ASSERT_TRUE(until([&] { return poller->snapshot()->targets[0]->parse_errors > 0; }));
  const TargetState& state = *poller->snapshot()->targets[0];
  EXPECT_TRUE(state.up);
  EXPECT_EQ(state.traffic.totals, (std::vector<std::uint64_t>{7, 7}));
}

struct Trouble {
  const char* name;
  Habit habit;
  Reason reason;

  // By name in the list of tests, and not by bytes.
  friend void PrintTo(const Trouble& trouble, std::ostream* out) { *out << trouble.name; }
};

class PollerTroubleTest : public PollerTest, public ::testing::WithParamInterface<Trouble> {};

TEST_P(PollerTroubleTest, has_its_reason_and_leaves_the_good_target_whole) {
  FakeAdmin good, bad;
  behave(good);
  bad.on_everything(GetParam().habit);
  const auto poller = poll({target("bad", bad), target("good", good)});
  ASSERT_TRUE(until([&] {
    const TargetState& state = *poller->snapshot()->targets[0];
    return poller->snapshot()->pass.passes >= 3 && failures(state, GetParam().reason) > 0;
  }));
  const auto snapshot = poller->snapshot();
  EXPECT_FALSE(snapshot->targets[0]->up);
  EXPECT_TRUE(snapshot->targets[1]->up);
  EXPECT_EQ(snapshot->targets[1]->traffic.totals, (std::vector<std::uint64_t>{7, 7}));
}

INSTANTIATE_TEST_SUITE_P(
    Poller, PollerTroubleTest,
    ::testing::Values(Trouble{"never_answers", habits::never_answer, Reason::timeout},
                      Trouble{"drips_endlessly", habits::endless_drip(), Reason::timeout},
                      Trouble{"closes_in_the_header", habits::close_in_header(), Reason::connect},
                      Trouble{"closes_in_the_body", habits::close_in_body(), Reason::connect},
                      Trouble{"cuts_a_chunk", habits::cut_chunk(), Reason::connect},
                      Trouble{"forbids", habits::forbidden(), Reason::forbidden},
                      Trouble{"is_unavailable", habits::unavailable(), Reason::http_status},
                      Trouble{"is_no_http", habits::not_http(), Reason::parse},
                      Trouble{"talks_garbage", habits::garbage(), Reason::parse},
                      Trouble{"sends_one_long_line", habits::one_long_line(), Reason::parse},
                      Trouble{"announces_a_terabyte", habits::announce_a_terabyte(),
                              Reason::too_large}),
    [](const auto& trouble) { return std::string(trouble.param.name); });

}  // namespace
}  // namespace mesh::support::poller_test
