// The finding about proxies that the agent has to spare.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "compute/findings/all.h"

namespace mesh::slow_admin_test {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

// Asked once in so many intervals of 15 s.
TargetState asked_once_in(int intervals) {
  TargetState state;
  state.up = true;
  state.last_success = WallTime(seconds(1'800'000'000));
  state.target.ns = "shop";
  state.target.pod = "users-0";
  state.target.mesh = "istio";
  state.poll_interval = seconds(15) * intervals;
  state.intervals_per_poll = intervals;
  state.scrape_seconds = 3.2;
  state.scrape_bytes = 1'000'000;
  return state;
}

std::vector<Finding> found(const TargetState& state) {
  Snapshot snapshot;
  snapshot.targets = {std::make_shared<const TargetState>(state)};
  std::vector<Finding> all;
  slow_admin.find(snapshot, WallTime{}, all);
  return all;
}

std::string cause(const TargetState& state) {
  const std::vector<Finding> all = found(state);
  return all.size() == 1 ? all[0].cause : "not told";
}

TEST(SlowAdmin, is_told_with_what_it_costs_and_what_is_spared) {
  const std::vector<Finding> all = found(asked_once_in(4));
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all[0].where, "shop/users-0");
  EXPECT_EQ(all[0].severity, Severity::warning);
  EXPECT_EQ(all[0].cause,
            "the answers of the last poll took 3.2 s; it is asked every 1m instead of every 15s");
  EXPECT_THAT(all[0].evidence, ElementsAre(Evidence{"scrape_duration", 3.2, Unit::seconds},
                                           Evidence{"scrape_bytes", 1'000'000, Unit::bytes},
                                           Evidence{"poll_interval", 60, Unit::seconds}));
  EXPECT_THAT(all[0].remedy, HasSubstr("sidecar.istio.io/proxyCPULimit"));
}

TEST(SlowAdmin, is_no_matter_of_one_slow_answer) {
  EXPECT_THAT(found(asked_once_in(1)), IsEmpty());
  EXPECT_THAT(found(asked_once_in(2)), IsEmpty());
}

TEST(SlowAdmin, waits_for_a_window_so_that_a_busy_machine_is_silent) {
  EXPECT_EQ(slow_admin.stated, Stated::after_a_window);
}

TEST(SlowAdmin, says_that_a_poll_was_not_answered_in_time) {
  TargetState state = asked_once_in(8);
  state.up = false;
  state.failure = Failure{Reason::timeout, "no answer within 5s"};
  EXPECT_EQ(cause(state), "no answer within 5s; it is asked every 2m instead of every 15s");
}

TEST(SlowAdmin, names_the_question_whose_answer_is_refused) {
  TargetState state = asked_once_in(8);
  state.unanswered = {
      {"/certs", {Reason::http_status, "404"}, {}},
      {"/clusters", {Reason::too_large, "/clusters: answer larger than 64 bytes"}, {}}};
  EXPECT_THAT(cause(state), StartsWith("/clusters: answer larger than 64 bytes; it is asked"));
}

TEST(SlowAdmin, is_not_said_of_an_address_that_never_answered) {
  TargetState state = asked_once_in(8);
  state.up = false;
  state.last_success.reset();
  state.failure = Failure{Reason::timeout, "no answer within 5s"};
  EXPECT_THAT(found(state), IsEmpty());
}

}  // namespace
}  // namespace mesh::slow_admin_test
