// The connections of servers, one by one: what came over each, and which of them is ours.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <initializer_list>

#include "base/limits.h"
#include "dialect/block_numbers.h"
#include "dialect/recorded_grpc.h"
#include "support/proto_bytes.h"
#include "wire/grpc_channelz.h"

namespace mesh::channelz_connections_test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const std::string the_end = field(2, 1);

std::string one_server(std::uint64_t id, std::uint64_t succeeded, std::uint64_t created = 7) {
  return field(1, field(1, field(5, id)) +
                      field(2, field(1, field(2, field(1, created))) + field(3, succeeded)));
}

std::string server(std::uint64_t succeeded, std::uint64_t created = 7) {
  return one_server(1, succeeded, created) + the_end;
}

std::string two_servers(std::uint64_t first, std::uint64_t second) {
  return one_server(1, first) + one_server(2, second) + the_end;
}

std::string sockets(std::initializer_list<std::uint64_t> ids) {
  std::string page;
  for (const std::uint64_t id : ids) page += field(1, field(3, id));
  return page + the_end;
}

// A server that counts the calls over its connections as a real one does: 8 is ours, and over 7
// come a hundred between two questions about it.
class ConnectionsTest : public testing::Test {
 protected:
  ConnectionsTest() {
    says("/GetTopChannels", the_end);
    says("/GetServers", server(100));
    says("/GetServerSockets", sockets({7, 8}));
    peer_.says_["/GetSocket"] = [this](const Request& request) {
      const bool ours = request.message == channelz_one_question(8);
      const std::uint64_t calls = ours ? peer_.asked_in_all() : busy_ += 100;
      return field(1, field(1, field(3, ours ? 8u : 7u)) + field(2, field(1, calls)));
    };
  }

  void says(const char* call, const std::string& answer) {
    peer_.says_[call] = [answer](const Request&) { return answer; };
  }
  Numbers received() {
    return numbers(*peer_.readings().traffic, Counted::calls, Direction::inbound, "");
  }

  RecordedGrpc peer_;
  std::uint64_t busy_ = 0;
};

TEST_F(ConnectionsTest, are_told_with_their_calls_and_without_ours) {
  const auto first = peer_.readings().server_connections;
  ASSERT_TRUE(first);
  EXPECT_THAT(first->connections, ElementsAre(ConnectionCalls{7, 100}));
  const Readings next = peer_.readings();
  EXPECT_THAT(next.server_connections->connections, ElementsAre(ConnectionCalls{7, 200}));
  EXPECT_EQ(next.server_connections->process, first->process);
  EXPECT_EQ(next.inbound_connections, 1u);
  EXPECT_EQ(peer_.asked("/GetSocket"), 2);
  says("/GetServers", server(100, 20));
  EXPECT_NE(peer_.readings().server_connections->process, first->process);
}

TEST_F(ConnectionsTest, tell_which_of_several_servers_is_asked) {
  peer_.says_["/GetServerSockets"] = [](const Request& request) {
    return request.message == server_sockets_question(1, 0) ? sockets({7}) : sockets({8});
  };
  says("/GetServers", two_servers(100, 50));
  EXPECT_EQ(peer_.readings().inbound_connections, 1u);
  EXPECT_EQ(received(), (Numbers{{"OK", 150}}));
  // In each poll six of our calls end in OK: four lists, and two connections.
  says("/GetServers", two_servers(103, 62));
  EXPECT_EQ(received(), (Numbers{{"OK", 153}})) << "the second received nothing but ours";
}

TEST_F(ConnectionsTest, are_not_told_by_who_does_not_tell_all) {
  peer_.statuses_["/GetSocket"] = "UNIMPLEMENTED";
  const Readings untold = peer_.readings();
  EXPECT_FALSE(untold.server_connections);
  EXPECT_EQ(untold.inbound_connections, 1u) << "the only server is the one that is asked";
  EXPECT_TRUE(untold.traffic->complete);
  EXPECT_THAT(untold.partial, IsEmpty());
  EXPECT_EQ(peer_.asked("/GetSocket"), 1);
  peer_.statuses_["/GetSocket"] = "NOT_FOUND";
  const Readings gone = peer_.readings();
  EXPECT_THAT(gone.server_connections->connections, IsEmpty()) << "they were closed meanwhile";
}

TEST_F(ConnectionsTest, are_not_told_of_too_many) {
  std::string page;
  for (std::uint64_t id = 1; id <= limits::channelz_connections + 1; ++id) {
    page += field(1, field(3, id));
  }
  peer_.says_["/GetServerSockets"] = [&](const Request& request) {
    const bool first = request.message == server_sockets_question(1, 0);
    return first ? page : sockets({200});
  };
  const Readings readings = peer_.readings();
  EXPECT_FALSE(readings.server_connections);
  EXPECT_EQ(peer_.asked("/GetSocket"), 0);
  EXPECT_GT(readings.inbound_connections, 90u);
}

}  // namespace
}  // namespace mesh::channelz_connections_test
