// Questions that fail, or are left out, while the essential ones of a target are answered.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "compute/target_history.h"

namespace mesh::target_history_questions_test {
namespace {

using std::chrono::seconds;
using testing::IsEmpty;

Instant at(int second) { return Instant{} + seconds(1000 + second); }

PollCost cost(int second) {
  return {WallTime{} + seconds(5000 + second), at(second), std::chrono::milliseconds(20), 1234};
}

Readings readings() {
  Readings readings;
  readings.at = at(0);
  return readings;
}

class UnansweredQuestions : public testing::Test {
 protected:
  TargetHistory history_{Target{}, Config{}};
};

TEST_F(UnansweredQuestions, a_refused_question_is_known_until_it_is_answered) {
  Readings without = readings();
  without.partial = {{Reason::forbidden, "/server_info: HTTP status 403: \"no: never\""}};
  history_.record(without, cost(0));
  without.partial.clear();  // it is not asked in every poll
  history_.record(without, cost(1));
  const auto state = history_.state(at(1), cost(1).at);
  ASSERT_EQ(state->unanswered.size(), 1u);
  EXPECT_EQ(state->unanswered[0].question, "/server_info");
  EXPECT_EQ(state->unanswered[0].failure.reason, Reason::forbidden);
  EXPECT_EQ(state->unanswered[0].at, cost(0).at);

  Readings answered = readings();
  answered.heard = {"/server_info"};
  history_.record(answered, cost(2));
  EXPECT_THAT(history_.state(at(2), cost(2).at)->unanswered, IsEmpty());
}

TEST_F(UnansweredQuestions, a_question_is_unanswered_once_whatever_was_said) {
  Readings partly = readings();
  for (const char* said : {"a", "b", "c"}) {
    partly.partial = {{Reason::http_status, std::string("/clusters: HTTP status 500: ") + said}};
    history_.record(partly, cost(0));
  }
  const auto state = history_.state(at(0), cost(0).at);
  ASSERT_EQ(state->unanswered.size(), 1u);
  EXPECT_EQ(state->unanswered[0].failure.message, "/clusters: HTTP status 500: c");
}

TEST_F(UnansweredQuestions, a_question_that_failed_in_passing_is_forgotten_with_the_next_poll) {
  Readings partly = readings();
  partly.partial = {{Reason::timeout, "/clusters: late"}};
  history_.record(partly, cost(0));
  EXPECT_EQ(history_.state(at(0), cost(0).at)->unanswered.size(), 1u);
  partly.partial.clear();
  history_.record(partly, cost(1));
  EXPECT_THAT(history_.state(at(1), cost(1).at)->unanswered, IsEmpty());
}

TEST_F(UnansweredQuestions, a_question_that_is_left_out_is_told_for_as_long) {
  Readings hung = readings();
  hung.partial = {{Reason::timeout, "reflection: late"}};
  hung.left_out = {{Reason::timeout, "reflection: late; left out"}};
  history_.record(hung, cost(0));
  hung.partial.clear();
  history_.record(hung, cost(1));
  const auto state = history_.state(at(1), cost(1).at);
  ASSERT_EQ(state->unanswered.size(), 1u);
  EXPECT_TRUE(state->unanswered[0].left_out);
  EXPECT_EQ(state->unanswered[0].failure.message, "reflection: late; left out");
  EXPECT_EQ(state->unanswered[0].at, cost(0).at) << "when it was last asked";
  EXPECT_EQ(state->failures[static_cast<std::size_t>(Reason::timeout)], 1u) << "it was asked once";
  hung.left_out.clear();
  history_.record(hung, cost(2));
  EXPECT_THAT(history_.state(at(2), cost(2).at)->unanswered, IsEmpty());
}

}  // namespace
}  // namespace mesh::target_history_questions_test
