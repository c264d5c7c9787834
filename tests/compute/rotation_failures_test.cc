// Which failures to renew are believed: what the statistics and the certificates say, poll by poll.
#include "compute/rotation_failures.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mesh::rotation_failures_test {
namespace {

using testing::ElementsAre;

TlsReading secret(std::uint64_t failed, std::uint64_t rejected,
                  std::optional<std::uint64_t> expires = {}) {
  return {{{"leaf", failed, rejected, expires}}, {}};
}

class RotationFailuresTest : public testing::Test {
 protected:
  RotationFailuresTest() { failures_.enter(secret(7, 7), 1, true, false); }

  std::uint64_t believed() const { return failures_.counts().at(0).count; }
  std::uint64_t rejected() const { return failures_.counts().at(1).count; }

  RotationFailures failures_;
};

TEST_F(RotationFailuresTest, what_was_before_the_first_poll_is_history) {
  EXPECT_THAT(failures_.counts(),
              ElementsAre(RotationFailure{"leaf", "key_rotation_failed", 0, false},
                          RotationFailure{"leaf", "update_rejected", 0, false}));
}

TEST_F(RotationFailuresTest, the_moment_between_two_renames_is_no_failure) {
  failures_.enter(secret(8, 7), 1, true, true);
  failures_.enter(secret(8, 7), 1, true, false);
  EXPECT_EQ(believed(), 0u);
}

TEST_F(RotationFailuresTest, a_rename_that_is_late_by_a_poll_is_no_failure) {
  failures_.enter(secret(8, 7), 1, true, false);
  failures_.enter(secret(8, 7), 1, true, true);
  EXPECT_EQ(believed(), 0u);
}

TEST_F(RotationFailuresTest, a_failure_that_left_the_old_one_in_use_is_believed) {
  failures_.enter(secret(8, 7), 1, true, false);
  EXPECT_EQ(believed(), 0u);
  failures_.enter(secret(8, 7), 1, true, false);
  EXPECT_EQ(believed(), 1u);
}

TEST_F(RotationFailuresTest, doubt_lasts_until_there_is_a_look) {
  failures_.enter(secret(8, 7), 1, true, false);
  failures_.enter(secret(8, 7), 1, false, false);
  EXPECT_EQ(believed(), 0u);
  failures_.enter(secret(9, 7), 1, true, false);
  failures_.enter(secret(9, 7), 1, true, false);
  EXPECT_EQ(believed(), 2u);
}

TEST_F(RotationFailuresTest, the_expiry_of_the_secret_tells_which_one_was_renewed) {
  failures_.enter(secret(7, 7, 100), 1, true, false);
  failures_.enter(secret(8, 7, 100), 1, true, true);  // another certificate was renewed
  failures_.enter(secret(8, 7, 100), 1, true, true);
  EXPECT_EQ(believed(), 1u);
  failures_.enter(secret(9, 7, 200), 1, true, true);
  failures_.enter(secret(9, 7, 200), 1, true, false);
  EXPECT_EQ(believed(), 1u);
}

TEST_F(RotationFailuresTest, the_expiry_of_the_secret_tells_without_a_look) {
  failures_.enter(secret(8, 7, 100), 1, false, false);
  failures_.enter(secret(8, 7, 100), 1, false, false);
  EXPECT_EQ(believed(), 1u);
  failures_.enter(secret(9, 7, 200), 1, false, false);
  failures_.enter(secret(9, 7, 200), 1, false, false);
  EXPECT_EQ(believed(), 1u);
}

TEST_F(RotationFailuresTest, a_rejection_is_believed_at_once) {
  failures_.enter(secret(7, 9), 1, false, false);
  EXPECT_EQ(rejected(), 2u);
}

TEST_F(RotationFailuresTest, a_new_process_counts_from_zero) {
  failures_.enter(secret(0, 1), 2, true, false);
  EXPECT_EQ(rejected(), 1u);
  failures_.enter(secret(8, 8), 3, true, false);
  failures_.enter(secret(8, 8), 3, true, false);
  EXPECT_EQ(rejected(), 9u);
  EXPECT_EQ(believed(), 8u);
}

TEST_F(RotationFailuresTest, what_was_counted_stays_when_the_secret_is_gone) {
  failures_.enter(secret(7, 8), 1, false, false);
  failures_.enter({}, 1, false, false);
  EXPECT_EQ(rejected(), 1u);
}

TEST_F(RotationFailuresTest, a_secret_is_failing_until_it_is_renewed) {
  failures_.enter(secret(8, 8), 1, true, false);
  EXPECT_TRUE(failures_.counts()[1].failing);
  EXPECT_FALSE(failures_.counts()[0].failing);  // still in doubt
  failures_.enter(secret(8, 8), 1, true, false);
  EXPECT_TRUE(failures_.counts()[0].failing);
  failures_.enter(secret(8, 8), 1, true, true);
  EXPECT_FALSE(failures_.counts()[0].failing);
  EXPECT_FALSE(failures_.counts()[1].failing);
}

}  // namespace
}  // namespace mesh::rotation_failures_test
