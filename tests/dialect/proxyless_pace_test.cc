// How often an application without a proxy is asked for what it has as a rule not, or as it was.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dialect/proxyless.h"
#include "dialect/recorded_grpc.h"

namespace mesh::proxyless_pace_test {
namespace {

using testing::SizeIs;

constexpr const char* balanced = "python_1.85_round_robin.txt";
constexpr const char* pinned = "python_1.85_pick_first.txt";

TEST(Proxyless, asks_for_methods_rarely_and_at_once_after_a_restart) {
  RecordedGrpc server(balanced);
  EXPECT_TRUE(server.readings().declared);
  EXPECT_FALSE(server.readings().declared);
  EXPECT_EQ(server.asked("ServerReflectionInfo"), 0);
  server.load(pinned);  // another process: its server was created at another moment
  server.readings();
  EXPECT_TRUE(server.readings().declared);
  for (int poll = 0; poll < 39; ++poll) server.readings();
  EXPECT_EQ(server.asked("ServerReflectionInfo"), 0);
  EXPECT_TRUE(server.readings().declared) << "ten minutes are over";
}

TEST(Proxyless, asks_rarely_for_the_status_of_a_client_that_is_none_and_at_once_after_a_restart) {
  RecordedGrpc server(balanced);
  server.statuses_["/FetchClientStatus"] = "UNIMPLEMENTED";
  long asked = 0;
  for (int poll = 0; poll < 41; ++poll) {
    server.readings();
    asked += server.asked("/FetchClientStatus");
  }
  EXPECT_EQ(asked, 2) << "ten minutes are over";
  server.connection_ = 1;
  server.readings();
  EXPECT_EQ(server.asked("/FetchClientStatus"), 1);
}

TEST(Proxyless, asks_for_methods_anew_where_the_connection_was_lost) {
  RecordedGrpc server(balanced);
  server.statuses_["/GetServers"] = "UNIMPLEMENTED";
  EXPECT_TRUE(server.readings().declared);
  EXPECT_FALSE(server.readings().declared);
  server.failures_.emplace("/GetServers", Failure{Reason::connect, "refused"});
  EXPECT_TRUE(std::holds_alternative<Failure>(server.poll()));
  server.failures_.clear();
  EXPECT_TRUE(server.readings().declared) << "it was away";
  server.connection_ = 1;  // it was away between two polls
  for (int poll = 0; poll < 3; ++poll) EXPECT_FALSE(server.readings().declared);
  EXPECT_TRUE(server.readings().declared) << "at most once a minute";
  for (int poll = 0; poll < 10; ++poll) EXPECT_FALSE(server.readings().declared);
}

TEST(Proxyless, leaves_out_neither_what_waited_behind_one_that_hung_nor_all_there_is) {
  RecordedGrpc server("python_1.85_xds.txt");
  server.failures_.emplace("/FetchClientStatus", Failure{Reason::timeout, "no answer"});
  EXPECT_TRUE(server.readings().hung);
  EXPECT_EQ(server.asked("ServerReflectionInfo"), 0) << "no time is left";
  const Readings without = server.readings();
  EXPECT_EQ(server.asked("/FetchClientStatus"), 0);
  ASSERT_THAT(without.left_out, SizeIs(1)) << "reflection has only waited";
  EXPECT_THAT(without.left_out[0].message, testing::EndsWith(" left out for 5m"));
  EXPECT_GT(server.asked("ServerReflectionInfo"), 0);
  server.statuses_["/GetServers"] = "UNIMPLEMENTED";
  server.poll();
  EXPECT_EQ(server.asked("/FetchClientStatus"), 1) << "it is not beside channelz any more";
}

}  // namespace
}  // namespace mesh::proxyless_pace_test
