// What a mesh's agent tells poll by poll, beside the admin port: two places, a rotation, an overdue
// renewal, an expiry that stays, and failures.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "compute/target_history.h"

namespace mesh::target_history_agent_test {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using std::chrono::sys_seconds;
using testing::IsEmpty;
using testing::SizeIs;

const WallTime noon = WallTime{} + seconds(1'800'000'000);

sys_seconds clock(Duration after_noon) { return std::chrono::floor<seconds>(noon + after_noon); }

// What Istio's agent tells of a leaf that ends so long after noon.
AgentReading leaf_until(Duration end, std::uint64_t failed = 0) {
  AgentReading agent;
  Certificate leaf;
  leaf.path = "default";
  leaf.not_after = clock(end);
  leaf.not_after_slack = seconds(2);
  agent.look.held = {{leaf}};
  agent.failures = {{"request_failed", failed}};
  return agent;
}

class AgentHistory : public testing::Test {
 protected:
  void poll(Duration at, std::optional<AgentReading> agent) {
    Readings readings;
    readings.at = Instant{} + at;
    readings.agent = std::move(agent);
    history_.record(readings, {noon + at, Instant{} + at, seconds(0), 0});
    now_ = at;
  }

  std::shared_ptr<const TargetState> state() {
    return history_.state(Instant{} + now_, noon + now_);
  }

  KnownCertificate leaf() {
    const auto now = state();
    EXPECT_THAT(now->certificates, SizeIs(1));
    return now->certificates.at(0)->known.at(0);
  }

  RotationFailure failure() {
    const auto now = state();
    for (const RotationFailure& one : now->rotation_failures) {
      if (one.source == CertificateSource::proxy) return one;
    }
    ADD_FAILURE() << "the agent's failures are not told";
    return {};
  }

  static Target target() {
    Target target;
    target.mesh = "istio";
    return target;
  }

  Duration now_{};
  TargetHistory history_{target(), Config{}};
};

// Leaves of ten minutes, renewed after five, looked at every ten seconds for half an hour.
TEST_F(AgentHistory, every_rotation_in_time_counts_once_and_nothing_is_overdue) {
  for (Duration at{}; at < minutes(30); at += seconds(10)) {
    const Duration issued = minutes(5) * (at / minutes(5));
    const Duration wavering = at % seconds(20);  // 0 or 10 s, of which a tenth
    poll(at, leaf_until(issued + minutes(10) + wavering / 10));
    EXPECT_FALSE(leaf().overdue) << at / seconds(1);
  }
  EXPECT_EQ(leaf().rotations, 5u);
}

TEST_F(AgentHistory, a_renewal_that_does_not_come_is_overdue_and_the_expired_leaf_stays_visible) {
  poll(minutes(0), leaf_until(minutes(5)));
  poll(minutes(1), leaf_until(minutes(11)));  // seen to come into use: its life is ten minutes
  poll(minutes(6), leaf_until(minutes(11)));
  EXPECT_FALSE(leaf().overdue);
  poll(minutes(7), leaf_until(minutes(11)));
  EXPECT_TRUE(leaf().overdue);
  for (int minute = 8; minute < 100; ++minute) poll(minutes(minute), leaf_until(minutes(11)));
  EXPECT_EQ(leaf().in_use.not_after, clock(minutes(11)));
  EXPECT_TRUE(leaf().overdue);
  EXPECT_EQ(leaf().rotations, 1u);
  poll(minutes(100), leaf_until(minutes(110)));
  EXPECT_FALSE(leaf().overdue);
}

TEST_F(AgentHistory, what_the_page_no_longer_tells_disappears_after_a_while) {
  poll(minutes(0), leaf_until(hours(24)));
  poll(minutes(4), std::nullopt);
  EXPECT_THAT(state()->certificates, SizeIs(1));
  poll(minutes(6), std::nullopt);
  EXPECT_THAT(state()->certificates, IsEmpty());
}

TEST_F(AgentHistory, the_admin_port_and_the_agent_are_two_places) {
  Readings both;
  Certificate leaf;
  leaf.not_before = clock(minutes(0));
  leaf.not_after = clock(hours(24));
  both.certificates = CertificateLook{{{leaf}}};
  both.agent = leaf_until(hours(24));
  history_.record(both, {noon, Instant{}, seconds(0), 0});
  const auto now = state();
  ASSERT_THAT(now->certificates, SizeIs(2));
  EXPECT_EQ(now->certificates[0]->source, CertificateSource::admin);
  EXPECT_EQ(now->certificates[1]->source, CertificateSource::proxy);

  both.agent = leaf_until(hours(36));  // the one rotates, the other is not looked at
  both.certificates.reset();
  history_.record(both, {noon + minutes(1), Instant{} + minutes(1), seconds(0), 0});
  EXPECT_EQ(state()->certificates[0]->known[0].rotations, 0u);
  EXPECT_EQ(state()->certificates[1]->known[0].rotations, 1u);
}

TEST_F(AgentHistory, failures_before_the_first_poll_are_history) {
  poll(minutes(0), leaf_until(hours(24), 7));
  EXPECT_EQ(failure(), (RotationFailure{"", "request_failed", 0, false, CertificateSource::proxy}));
}

TEST_F(AgentHistory, a_failure_counts_at_once_and_fails_until_the_renewal) {
  poll(minutes(0), leaf_until(hours(24)));
  poll(minutes(1), leaf_until(hours(24), 2));
  EXPECT_EQ(failure().count, 2u);
  EXPECT_TRUE(failure().failing);
  poll(minutes(2), leaf_until(hours(24), 2));
  EXPECT_TRUE(failure().failing);
  poll(minutes(3), leaf_until(hours(36), 2));
  EXPECT_EQ(failure().count, 2u);
  EXPECT_FALSE(failure().failing);
}

TEST_F(AgentHistory, a_failure_whose_next_try_went_well_is_counted_and_over) {
  poll(minutes(0), leaf_until(hours(24)));
  poll(minutes(1), leaf_until(hours(36), 1));
  EXPECT_EQ(failure().count, 1u);
  EXPECT_FALSE(failure().failing);
}

TEST_F(AgentHistory, failures_before_the_first_issuance_are_over_with_it) {
  AgentReading none = leaf_until(hours(24));
  none.look.held.clear();
  poll(minutes(0), none);
  none.failures[0].count = 3;
  poll(minutes(1), none);
  EXPECT_TRUE(failure().failing);
  poll(minutes(2), leaf_until(hours(24), 3));
  EXPECT_FALSE(failure().failing);
}

TEST_F(AgentHistory, an_agent_that_was_restarted_counts_from_zero) {
  poll(minutes(0), leaf_until(hours(24), 5));
  poll(minutes(1), leaf_until(hours(24), 2));
  EXPECT_EQ(failure().count, 2u);
}

TEST_F(AgentHistory, a_reason_that_appears_later_is_counted_from_zero) {
  AgentReading first = leaf_until(hours(24));
  first.failures.clear();
  poll(minutes(0), first);
  poll(minutes(1), leaf_until(hours(24), 1));
  EXPECT_EQ(failure().count, 1u);
}

}  // namespace
}  // namespace mesh::target_history_agent_test
