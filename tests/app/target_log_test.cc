// What the log says of one target, poll after poll: each change once.
#include "app/target_log.h"

#include <gtest/gtest.h>

#include <string>

namespace mesh::target_log_test {
namespace {

class TargetLogTest : public testing::Test {
 protected:
  // The lines one poll leaves, without their time.
  template <class Poll>
  std::string lines(Poll poll) {
    testing::internal::CaptureStderr();
    poll();
    std::string text = testing::internal::GetCapturedStderr();
    for (auto at = text.find("time="); at != std::string::npos; at = text.find("time=")) {
      text.erase(at, text.find(' ', at) + 1 - at);
    }
    return text;
  }

  std::string answered(const Readings& readings, Change change = Change::none) {
    return lines([&] { log_.answered(change, readings); });
  }
  std::string answered_by(std::uint64_t incarnation) {
    Readings readings;
    readings.incarnation = incarnation;
    return answered(readings);
  }
  std::string failed(Change change) {
    return lines([&] { log_.failed(change, {Reason::connect, "/stats: connection refused"}); });
  }

  static Readings unreadable(std::uint64_t lines) {
    Readings readings;
    readings.unreadable = lines;
    readings.unreadable_sample = "a";
    return readings;
  }

  TargetLog log_{"shop/a", "127.0.0.1:9901"};
};

constexpr const char* restarted =
    "level=info msg=\"proxy was restarted, its counters go on\" target=shop/a\n";
constexpr const char* never_the_same =
    "level=warn msg=\"proxy is another process at every answer\" target=shop/a\n";

TEST_F(TargetLogTest, says_that_a_target_came_up_and_its_version) {
  Readings readings;
  readings.proxy.emplace().version = "1.40.0";
  EXPECT_EQ(answered(readings, Change::came_up),
            "level=info msg=\"target is up\" target=shop/a version=1.40.0\n");
  EXPECT_EQ(answered(readings), "");
}

TEST_F(TargetLogTest, says_that_a_target_went_down_and_why) {
  EXPECT_EQ(failed(Change::went_down),
            "level=warn msg=\"target is down\" target=shop/a address=127.0.0.1:9901 "
            "reason=connect error=\"/stats: connection refused\"\n");
  EXPECT_EQ(failed(Change::none), "");
}

TEST_F(TargetLogTest, says_each_restart_after_which_the_proxy_stays) {
  EXPECT_EQ(answered_by(0), "");
  EXPECT_EQ(answered_by(1), restarted);
  EXPECT_EQ(answered_by(1), "");
  EXPECT_EQ(answered_by(2), restarted);
}

TEST_F(TargetLogTest, says_once_that_the_proxy_is_another_one_at_every_answer) {
  EXPECT_EQ(answered_by(1), restarted);
  EXPECT_EQ(answered_by(2), never_the_same);
  EXPECT_EQ(answered_by(3), "");
  EXPECT_EQ(answered_by(4), "");
}

TEST_F(TargetLogTest, says_so_again_after_the_proxy_was_the_same_for_once) {
  for (const std::uint64_t incarnation : {1, 2, 3, 3}) answered_by(incarnation);
  EXPECT_EQ(answered_by(4), restarted);
  EXPECT_EQ(answered_by(5), never_the_same);
}

TEST_F(TargetLogTest, goes_on_about_restarts_where_an_outage_left_off) {
  EXPECT_EQ(answered_by(1), restarted);
  failed(Change::went_down);
  EXPECT_EQ(answered_by(2), never_the_same);
  failed(Change::went_down);
  EXPECT_EQ(answered_by(3), "");
}

TEST_F(TargetLogTest, says_once_that_lines_cannot_be_read) {
  EXPECT_EQ(answered(unreadable(2)),
            "level=warn msg=\"some lines of the answer cannot be read\" target=shop/a lines=2 "
            "first=a\n");
  EXPECT_EQ(answered(unreadable(3)), "");
  EXPECT_EQ(answered({}), "");
  EXPECT_NE(answered(unreadable(1)), "");
}

TEST_F(TargetLogTest, says_once_that_a_question_was_not_answered) {
  const Failure forbidden{Reason::forbidden, "/clusters: HTTP 403"};
  Readings readings;
  readings.partial = {forbidden};
  EXPECT_EQ(answered(readings),
            "level=warn msg=\"a question was not answered, the others were\" target=shop/a "
            "reason=forbidden error=\"/clusters: HTTP 403\"\n");
  EXPECT_EQ(answered(readings), "");
}

TEST_F(TargetLogTest, says_once_that_a_part_is_left_out_however_much) {
  const auto left_out = [](const std::string& words) {
    Readings readings;
    readings.heard = {"channelz"};
    readings.partial = {{Reason::too_large, "channelz: " + words}};
    return readings;
  };
  EXPECT_EQ(answered(left_out("102 left out")),
            "level=warn msg=\"of what the target has a part is left out\" target=shop/a "
            "reason=too_large error=\"channelz: 102 left out\"\n");
  EXPECT_EQ(answered(left_out("103 left out")), "");
}

TEST_F(TargetLogTest, says_once_that_the_control_group_is_gone_and_that_it_is_back) {
  const auto looked = [&](const std::string& error, const std::string& unreadable = "") {
    CgroupLook look;
    look.error = error;
    look.unreadable_sample = unreadable;
    look.unreadable = unreadable.empty() ? 0 : 1;
    return lines([&] { log_.looked(look); });
  };
  EXPECT_EQ(looked(""), "");
  EXPECT_EQ(looked("no cgroup /a in /c"),
            "level=warn msg=\"the control group cannot be read\" target=shop/a "
            "error=\"no cgroup /a in /c\"\n");
  EXPECT_EQ(looked("no cgroup /a in /c"), "");
  EXPECT_EQ(looked(""), "level=info msg=\"the control group can be read again\" target=shop/a\n");
  EXPECT_EQ(looked("", "memory.max: much"),
            "level=warn msg=\"some of the control group cannot be read\" target=shop/a files=1 "
            "first=\"memory.max: much\"\n");
  EXPECT_EQ(looked("", "memory.max: much"), "");
}

}  // namespace
}  // namespace mesh::target_log_test
