// From polls to the published state of one target.
#include "compute/target_history.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mesh::target_history_test {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

Instant at(int second) { return Instant{} + seconds(1000 + second); }

PollCost cost(int second) {
  return {WallTime{} + seconds(5000 + second), at(second), std::chrono::milliseconds(20), 1234};
}

Readings readings(int second, std::uint64_t calls) {
  static const auto series = std::make_shared<const std::vector<Series>>(std::vector<Series>{
      {"a", 0, {Counted::calls, Direction::outbound, "u", "", "S", "M", "OK"}}});
  Readings readings;
  readings.at = at(second);
  readings.traffic = CounterBlock{series, {calls}};
  readings.endpoints = CounterBlock{};
  readings.endpoint_states = {
      {"u", "", Direction::outbound, "10.0.0.1:80", EndpointState::ready, 2}};
  readings.proxy = Proxy{"1.40.0", "", "node", ProxyState::live, at(-50)};
  return readings;
}

class TargetHistoryTest : public testing::Test {
 protected:
  static Config config() {
    Config config;
    config.poll = {seconds(10), seconds(5), seconds(60), seconds(30), 4};
    config.certificates.stale_after = seconds(90);
    return config;
  }

  TargetHistory history_{Target{}, config()};
};

TEST_F(TargetHistoryTest, is_down_before_the_first_poll_with_nothing_to_show) {
  const auto state = history_.state(at(0), cost(0).at);
  EXPECT_FALSE(state->up);
  EXPECT_FALSE(state->last_attempt);
  EXPECT_THAT(state->traffic.totals, IsEmpty());
}

TEST_F(TargetHistoryTest, readings_make_it_up_with_cost_and_uptime) {
  EXPECT_EQ(history_.record(readings(0, 7), cost(0)), Change::came_up);
  const auto state = history_.state(at(0), cost(0).at);
  EXPECT_TRUE(state->up);
  EXPECT_EQ(state->scrape_bytes, 1234u);
  EXPECT_EQ(state->scrape_seconds, 0.02);
  EXPECT_EQ(state->uptime_seconds, 50);
  EXPECT_THAT(state->traffic.totals, ElementsAre(7));
}

TEST_F(TargetHistoryTest, a_change_is_reported_once) {
  const Failure refused{Reason::connect, "/stats: connection refused"};
  EXPECT_EQ(history_.record(refused, cost(0)), Change::went_down);
  EXPECT_EQ(history_.record(refused, cost(1)), Change::none);
  EXPECT_EQ(history_.record(Failure{Reason::timeout, "late"}, cost(2)), Change::other_failure);
  EXPECT_EQ(history_.record(readings(3, 1), cost(3)), Change::came_up);
  EXPECT_EQ(history_.record(readings(4, 1), cost(4)), Change::none);
  EXPECT_EQ(history_.record(refused, cost(5)), Change::went_down);
}

TEST_F(TargetHistoryTest, failures_are_counted_by_reason_and_partial_ones_too) {
  history_.record(Failure{Reason::timeout, "late"}, cost(0));
  Readings partly = readings(1, 1);
  partly.partial = {{Reason::forbidden, "/clusters: HTTP status 403"}};
  history_.record(partly, cost(1));
  const auto state = history_.state(at(1), cost(1).at);
  EXPECT_TRUE(state->up);
  EXPECT_EQ(state->failures[static_cast<std::size_t>(Reason::timeout)], 1u);
  EXPECT_EQ(state->failures[static_cast<std::size_t>(Reason::forbidden)], 1u);
}

TEST_F(TargetHistoryTest, the_last_failure_is_remembered_when_the_target_is_back) {
  const Failure late{Reason::timeout, "/stats: late"};
  history_.record(late, cost(0));
  history_.record(readings(5, 1), cost(5));
  const auto state = history_.state(at(5), cost(5).at);
  EXPECT_FALSE(state->failure);
  EXPECT_EQ(state->last_failure, late);
  EXPECT_EQ(state->last_failure_at, cost(0).at);
}

TEST_F(TargetHistoryTest, what_was_folded_is_in_the_state_of_its_target) {
  Config one_method = config();
  one_method.limits.methods_per_upstream = 1;
  TargetHistory history(Target{}, one_method);
  Readings two = readings(0, 1);
  const SeriesKey key{Counted::calls, Direction::outbound, "u", "", "S", "N", "OK"};
  std::vector<Series> series = *two.traffic->series;
  series.push_back({"b", 0, key});
  two.traffic = CounterBlock{std::make_shared<const std::vector<Series>>(series), {1, 1}};
  history.record(two, cost(0));
  const std::vector<FoldedSeries> folded = history.state(at(0), cost(0).at)->folded;
  ASSERT_FALSE(folded.empty());
  EXPECT_EQ(folded[0].family, "mesh_grpc_requests_total");
  EXPECT_EQ(folded[0].count, 1u);
}

TEST_F(TargetHistoryTest, unreadable_lines_of_the_last_answer_are_told_from_earlier_ones) {
  Readings odd = readings(0, 5);
  odd.unreadable = 3;
  odd.unreadable_sample = "nonsense";
  history_.record(odd, cost(0));
  EXPECT_EQ(history_.state(at(0), cost(0).at)->unreadable, 3u);
  EXPECT_EQ(history_.state(at(0), cost(0).at)->unreadable_sample, "nonsense");
  history_.record(readings(1, 5), cost(1));
  EXPECT_EQ(history_.state(at(1), cost(1).at)->unreadable, 0u);
  EXPECT_EQ(history_.state(at(1), cost(1).at)->unreadable_sample, "");
  EXPECT_EQ(history_.state(at(1), cost(1).at)->parse_errors, 3u);
}

TEST_F(TargetHistoryTest, unreadable_lines_are_counted_and_hurt_nothing_else) {
  Readings odd = readings(0, 5);
  odd.unreadable = 3;
  history_.record(odd, cost(0));
  history_.record(odd, cost(1));
  const auto state = history_.state(at(1), cost(1).at);
  EXPECT_EQ(state->parse_errors, 6u);
  EXPECT_TRUE(state->up);
  EXPECT_THAT(state->traffic.totals, ElementsAre(5));
}

TEST_F(TargetHistoryTest, what_a_dead_target_said_disappears_after_stale_after) {
  history_.record(readings(0, 7), cost(0));
  history_.record(Failure{Reason::connect, "refused"}, cost(10));
  EXPECT_THAT(history_.state(at(30), cost(30).at)->traffic.totals, ElementsAre(7));
  EXPECT_EQ(history_.state(at(30), cost(30).at)->endpoints.size(), 1u);
  const auto state = history_.state(at(31), cost(31).at);
  EXPECT_THAT(state->traffic.totals, IsEmpty());
  EXPECT_THAT(state->endpoints, IsEmpty());
  EXPECT_FALSE(state->proxy);
  EXPECT_TRUE(state->last_success);
}

TEST_F(TargetHistoryTest, pools_are_those_of_the_last_look_until_it_is_stale) {
  Readings with = readings(0, 1);
  with.upstreams.emplace_back().upstream = "users:80";
  history_.record(with, cost(0));
  history_.record(Failure{Reason::connect, "refused"}, cost(10));
  ASSERT_EQ(history_.state(at(30), cost(30).at)->upstreams.size(), 1u);
  EXPECT_EQ(history_.state(at(30), cost(30).at)->upstreams[0].upstream, "users:80");
  EXPECT_THAT(history_.state(at(31), cost(31).at)->upstreams, IsEmpty());
  history_.record(readings(40, 1), cost(40));
  EXPECT_THAT(history_.state(at(40), cost(40).at)->upstreams, IsEmpty());
}

TEST_F(TargetHistoryTest, endpoints_not_heard_this_time_keep_their_last_state) {
  history_.record(readings(0, 7), cost(0));
  Readings without = readings(10, 8);
  without.endpoints.reset();
  without.endpoint_states.clear();
  history_.record(without, cost(10));
  EXPECT_EQ(history_.state(at(10), cost(10).at)->endpoints.size(), 1u);
}

TEST_F(TargetHistoryTest, a_published_state_does_not_change_any_more) {
  history_.record(readings(0, 7), cost(0));
  const auto before = history_.state(at(0), cost(0).at);
  history_.record(readings(10, 9), cost(10));
  EXPECT_THAT(before->traffic.totals, ElementsAre(7));
}

TEST_F(TargetHistoryTest, certificates_outlive_a_silence_and_the_expiry_but_not_a_long_absence) {
  Readings with = readings(0, 1);
  Certificate leaf;
  leaf.not_after = std::chrono::sys_seconds(seconds(5010));
  with.certificates = CertificateLook{{{leaf}}};
  history_.record(with, cost(0));
  history_.record(Failure{Reason::connect, "refused"}, cost(20));
  const auto silent = history_.state(at(90), cost(90).at);
  ASSERT_EQ(silent->certificates.size(), 1u);
  EXPECT_EQ(silent->certificates[0]->known[0].in_use, leaf);
  EXPECT_THAT(history_.state(at(91), cost(91).at)->certificates, IsEmpty());
}

TEST_F(TargetHistoryTest, a_rotation_makes_older_connections_stale_and_a_failure_beside_it_good) {
  Readings one = readings(0, 1);
  Certificate leaf;
  leaf.not_before = std::chrono::sys_seconds(seconds(5000));
  leaf.not_after = std::chrono::sys_seconds(seconds(5015));
  one.certificates = CertificateLook{{{leaf}}};
  one.tls.connections = {{"cluster.u", Direction::outbound, "u", "", 3, 3, 3}};
  one.tls.secrets = {{"leaf", 0, 0, {}}};
  history_.record(one, cost(0));

  Readings two = one;
  two.at = at(10);
  leaf.not_before = std::chrono::sys_seconds(seconds(5009));
  leaf.not_after = std::chrono::sys_seconds(seconds(6000));
  two.certificates = CertificateLook{{{leaf}}, true};
  two.tls.secrets[0].rotation_failures = 1;
  history_.record(two, cost(10));
  two.at = at(20);
  history_.record(two, cost(20));

  const auto state = history_.state(at(20), cost(20).at);
  EXPECT_EQ(state->certificates[0]->known[0].rotations, 1u);
  ASSERT_EQ(state->stale_connections.size(), 1u);
  EXPECT_EQ(state->stale_connections[0].connections, 3u);
  EXPECT_EQ(state->stale_connections[0].expired, 3u);
  EXPECT_EQ(state->rotation_failures[0],
            (RotationFailure{"leaf", "key_rotation_failed", 0, false}));
}

// Readings of a poll that looked at leaves of these names, beside one connection.
Readings with_leaves(int second, const std::vector<std::string>& names, int not_before) {
  Readings one = readings(second, 1);
  CertificateLook look{{{}}, false};
  for (const std::string& name : names) {
    Certificate leaf;
    leaf.sans = {{SubjectAltName::Kind::uri, name}};
    leaf.not_before = std::chrono::sys_seconds(seconds(not_before));
    leaf.not_after = *leaf.not_before + seconds(1000);
    look.held[0].push_back(leaf);
  }
  one.certificates = look;
  one.tls.connections = {{"cluster.u", Direction::outbound, "u", "", 3, 3, 3}};
  return one;
}

TEST_F(TargetHistoryTest,
       connections_carry_the_one_identity_of_the_target_before_and_after_rotations) {
  const auto named = [&](int second) {
    return history_.state(at(second), cost(second).at)->stale_connections.at(0).identity;
  };
  history_.record(with_leaves(0, {"spiffe://a"}, 5000), cost(0));
  EXPECT_EQ(named(0), "spiffe://a");
  history_.record(with_leaves(10, {"spiffe://a"}, 5010), cost(10));
  EXPECT_EQ(named(10), "spiffe://a");
  Readings without = with_leaves(20, {}, 0);
  without.certificates.reset();
  history_.record(without, cost(20));
  EXPECT_EQ(named(20), "spiffe://a");
}

TEST_F(TargetHistoryTest, connections_of_a_target_of_several_identities_carry_none_ever) {
  const auto named = [&](int second) {
    return history_.state(at(second), cost(second).at)->stale_connections.at(0).identity;
  };
  history_.record(with_leaves(0, {"spiffe://a", "spiffe://b"}, 5000), cost(0));
  EXPECT_EQ(named(0), "");
  Readings next = with_leaves(10, {"spiffe://a", "spiffe://b"}, 5000);
  next.certificates->held[0][0].not_before = std::chrono::sys_seconds(seconds(5010));
  history_.record(next, cost(10));  // a alone was renewed
  EXPECT_EQ(named(10), "");
}

}  // namespace
}  // namespace mesh::target_history_test
