// When a proxy is left alone.
#include "compute/pace.h"

#include <gtest/gtest.h>

namespace mesh::pace_test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(Pace, a_quick_answer_keeps_the_configured_interval) {
  Pace pace;
  pace.enter(milliseconds(3), seconds(5), std::nullopt);
  EXPECT_EQ(pace.passes(), 1);
}

TEST(Pace, timeouts_double_the_interval_up_to_eight_times) {
  Pace pace;
  for (const int expected : {2, 4, 8, 8}) {
    pace.enter(seconds(5), seconds(5), Reason::timeout);
    EXPECT_EQ(pace.passes(), expected);
  }
}

TEST(Pace, an_answer_that_took_more_than_half_the_timeout_is_strain_too) {
  Pace pace;
  pace.enter(milliseconds(2501), seconds(5), std::nullopt);
  EXPECT_EQ(pace.passes(), 2);
}

TEST(Pace, quick_answers_lead_back_step_by_step) {
  Pace pace;
  for (int i = 0; i < 3; ++i) pace.enter(seconds(5), seconds(5), Reason::timeout);
  for (const int expected : {4, 2, 1, 1}) {
    pace.enter(milliseconds(3), seconds(5), std::nullopt);
    EXPECT_EQ(pace.passes(), expected);
  }
}

TEST(Pace, an_answer_that_is_refused_as_too_large_is_strain_however_quick_it_was) {
  Pace pace;
  for (const int expected : {2, 4, 8, 8}) {
    pace.enter(milliseconds(3), seconds(5), Reason::too_large);
    EXPECT_EQ(pace.passes(), expected);
  }
}

TEST(Pace, a_refused_connection_is_no_reason_to_wait) {
  Pace pace;
  for (int i = 0; i < 5; ++i) pace.enter(milliseconds(1), seconds(5), Reason::connect);
  EXPECT_EQ(pace.passes(), 1);
}

}  // namespace
}  // namespace mesh::pace_test
