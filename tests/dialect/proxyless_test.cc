// Applications without a proxy: what real ones tell of themselves becomes readings, and what they
// lack is told.
#include "dialect/proxyless.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dialect/block_numbers.h"
#include "dialect/recorded_grpc.h"
#include "support/proto_bytes.h"

namespace mesh::proxyless_test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using testing::SizeIs;
using testing::StartsWith;

constexpr const char* balanced = "python_1.85_round_robin.txt";
constexpr const char* pinned = "python_1.85_pick_first.txt";
constexpr const char* go = "go_1.66_round_robin.txt";
constexpr const char* java = "java_1.85_round_robin.txt";
constexpr const char* cpp = "cpp_1.51_server.txt";

std::vector<std::uint64_t> requests_of(const Readings& readings) {
  std::vector<std::uint64_t> requests;
  const std::string& upstream = readings.upstreams.at(0).upstream;
  for (const auto& [address, count] :
       numbers(*readings.endpoints, Counted::endpoint_requests, Direction::outbound, upstream)) {
    requests.push_back(count);
  }
  return requests;
}

TEST(Proxyless, tells_how_a_client_spreads_its_calls) {
  for (const char* fixture : {balanced, go}) {
    RecordedGrpc server(fixture);
    const Readings readings = server.readings();
    ASSERT_THAT(readings.upstreams, SizeIs(1)) << fixture;
    EXPECT_EQ(readings.upstreams[0].balancer, "round_robin");
    EXPECT_EQ(readings.upstreams[0].connections.active, 3u);
    ASSERT_THAT(readings.endpoint_states, SizeIs(3));
    for (const EndpointReading& one : readings.endpoint_states) {
      EXPECT_EQ(one.state, EndpointState::ready);
      EXPECT_EQ(one.connections_active, 1u);
      EXPECT_THAT(one.address.str(), StartsWith("127.0.0.1:"));
    }
    const auto requests = requests_of(readings);
    ASSERT_THAT(requests, SizeIs(3));
    const auto [least, most] = std::ranges::minmax(requests);
    EXPECT_LE(most - least, 5u) << "they were read one after another";
    EXPECT_EQ(readings.unreadable, 0u);
    EXPECT_THAT(readings.partial, IsEmpty());
    EXPECT_EQ(server.asked("/GetSubchannel"), 3);
  }
}

TEST(Proxyless, tells_of_a_java_client_all_but_its_policy) {
  const Readings readings = RecordedGrpc(java).readings();
  ASSERT_THAT(readings.upstreams, SizeIs(1));
  EXPECT_EQ(readings.upstreams[0].balancer, "");
  EXPECT_EQ(readings.upstreams[0].connections.active, 3u);
  ASSERT_THAT(readings.endpoint_states, SizeIs(3));
  for (const EndpointReading& one : readings.endpoint_states) {
    EXPECT_THAT(one.address.str(), StartsWith("127.0.0.1:"));
  }
  EXPECT_THAT(requests_of(readings), testing::UnorderedElementsAre(100u, 100u, 101u));
  EXPECT_EQ(readings.unreadable, 0u);
  EXPECT_THAT(readings.partial, IsEmpty());
}

TEST(Proxyless, tells_of_a_pinned_client_whom_it_could_have_called) {
  const Readings readings = RecordedGrpc(pinned).readings();
  EXPECT_EQ(readings.upstreams.at(0).balancer, "pick_first");
  EXPECT_EQ(readings.upstreams.at(0).connections.active, 1u);
  EXPECT_THAT(readings.endpoint_states, SizeIs(3));
  EXPECT_THAT(requests_of(readings), SizeIs(1));
}

TEST(Proxyless, has_calls_by_what_is_known_of_their_end) {
  const Readings of_go = RecordedGrpc(go).readings();
  const std::string upstream = of_go.upstreams.at(0).upstream;
  EXPECT_EQ(upstream, "users");
  EXPECT_THAT(numbers(*of_go.traffic, Counted::calls, Direction::outbound, upstream),
              ElementsAre(Pair("other", testing::Gt(300u))));
  const Readings of_cpp = RecordedGrpc(cpp).readings();
  EXPECT_THAT(numbers(*of_cpp.traffic, Counted::calls, Direction::inbound, ""),
              ElementsAre(Pair("OK", 1u)));
  EXPECT_EQ(of_cpp.inbound_connections, 0u) << "the only one was the one that asked";
  EXPECT_THAT(of_cpp.upstreams, IsEmpty());
}

TEST(Proxyless, has_the_methods_that_are_declared) {
  const Readings of_cpp = RecordedGrpc(cpp).readings();
  ASSERT_TRUE(of_cpp.declared);
  std::vector<std::string> methods;
  for (const DeclaredMethod& one : of_cpp.declared->methods) {
    methods.push_back(one.service + "/" + one.method.str() + " " + std::string(kind_of(one)));
  }
  EXPECT_THAT(
      methods,
      ElementsAre("Greeter/SayHello unary", "order.v1.OrderService/PlaceOrder unary",
                  "order.v1.OrderService/UploadItems client_stream",
                  "user.v1.UserService/Chat bidi_stream", "user.v1.UserService/GetUser unary",
                  "user.v1.UserService/ListUsers server_stream"));
  const Readings of_python = RecordedGrpc(balanced).readings();
  ASSERT_TRUE(of_python.declared);
  EXPECT_THAT(of_python.declared->methods, SizeIs(3));
}

TEST(Proxyless, tells_what_an_xds_client_accepted_and_refused) {
  RecordedGrpc server("python_1.85_xds.txt");
  const Readings first = server.readings();
  EXPECT_THAT(first.control_plane.links, IsEmpty());
  ASSERT_THAT(first.control_plane.resources, SizeIs(3));
  for (const ConfigResource& one : first.control_plane.resources) {
    EXPECT_EQ(one.accepted, 1u);
    EXPECT_EQ(one.rejected, 0u);
  }
  const auto& upstreams = first.upstreams;
  ASSERT_THAT(upstreams, SizeIs(2)) << "the control plane is one";
  const auto users = std::ranges::find(upstreams, "users", &UpstreamReading::upstream);
  ASSERT_NE(users, upstreams.end());
  EXPECT_EQ(users->balancer, "round_robin");
  const auto says = [&](const char* fixture) {
    const std::string status = answers_to(fixture, "/FetchClientStatus").at(0);
    server.says_["/FetchClientStatus"] = [status](const Request&) { return status; };
  };
  says("python_1.85_xds_refused.txt");
  const auto refused = server.readings().control_plane.resources;
  ASSERT_THAT(refused, SizeIs(3));
  EXPECT_EQ(refused[0].kind, ConfigKind::cds);
  EXPECT_EQ(refused[0].name, "users-cluster");
  EXPECT_EQ(refused[0].rejected, 1u);
  EXPECT_EQ(server.readings().control_plane.resources[0].rejected, 1u) << "it is the same one";
  EXPECT_THAT(refused[0].why, StartsWith("invalid resource"));
  says("python_1.85_xds.txt");
  EXPECT_EQ(server.readings().control_plane.resources[0].accepted, 2u);
}

TEST(Proxyless, counts_on_over_a_poll_in_which_the_status_of_a_client_is_not_told) {
  RecordedGrpc server("python_1.85_xds.txt");
  EXPECT_THAT(server.readings().control_plane.statuses, SizeIs(3));
  server.failures_.emplace("/FetchClientStatus", Failure{Reason::timeout, "no answer"});
  const ControlPlaneReading missed = server.readings().control_plane;
  EXPECT_THAT(missed.statuses, IsEmpty());
  EXPECT_THAT(missed.resources, SizeIs(3)) << "or they would be counted anew by the next poll";
  server.failures_.clear();
  for (int poll = 0; poll < 19; ++poll) {
    EXPECT_THAT(server.readings().control_plane.resources, SizeIs(3)) << "it is left out";
  }
  EXPECT_EQ(server.readings().control_plane.resources.at(0).accepted, 1u);
  server.statuses_["/FetchClientStatus"] = "UNIMPLEMENTED";
  EXPECT_THAT(server.readings().control_plane.resources, IsEmpty());
}

TEST(Proxyless, is_content_with_any_one_of_the_three) {
  RecordedGrpc server(balanced);
  server.statuses_["/GetServers"] = "UNIMPLEMENTED";
  const Readings readings = server.readings();
  EXPECT_TRUE(readings.declared);
  EXPECT_FALSE(readings.traffic);
  EXPECT_EQ(server.asked("/GetTopChannels"), 0);
  EXPECT_THAT(readings.partial, IsEmpty());

  RecordedGrpc bare;
  const Step step = bare.poll();
  ASSERT_TRUE(std::holds_alternative<Failure>(step));
  EXPECT_EQ(std::get<Failure>(step).reason, Reason::parse);
  EXPECT_THAT(std::get<Failure>(step).message, testing::HasSubstr("neither channelz nor"));
  EXPECT_TRUE(std::holds_alternative<Failure>(bare.poll()));
}

TEST(Proxyless, is_down_if_nobody_answers_and_up_if_it_may_not_ask) {
  RecordedGrpc server(balanced);
  server.failures_.emplace("/GetServers", Failure{Reason::connect, "refused"});
  const Step step = server.poll();
  ASSERT_TRUE(std::holds_alternative<Failure>(step));
  EXPECT_EQ(std::get<Failure>(step),
            (Failure{Reason::connect, "/grpc.channelz.v1.Channelz/GetServers: refused"}));
  server.failures_.clear();
  server.statuses_["/GetServers"] = "PERMISSION_DENIED";
  const Readings readings = server.readings();
  ASSERT_THAT(readings.partial, SizeIs(1));
  EXPECT_EQ(readings.partial[0].reason, Reason::forbidden);
  EXPECT_TRUE(readings.declared);
  server.statuses_.clear();
  EXPECT_THAT(server.readings().heard, testing::Contains(question_of(readings.partial[0])))
      << "or the refusal would be shown for ever";
}

TEST(Proxyless, is_down_if_it_may_ask_nothing) {
  RecordedGrpc server(balanced);
  server.statuses_ = {{"/GetServers", "UNAUTHENTICATED"},
                      {"/FetchClientStatus", "UNIMPLEMENTED"},
                      {"/ServerReflectionInfo", "PERMISSION_DENIED"}};
  const Step step = server.poll();
  ASSERT_TRUE(std::holds_alternative<Failure>(step));
  EXPECT_EQ(
      std::get<Failure>(step),
      (Failure{Reason::forbidden,
               "the server refuses channelz, reflection to this exporter, and does not have "
               "CSDS: nothing can be known of it; its authorization must admit these calls"}));
  server.statuses_["/GetServers"] = "UNIMPLEMENTED";
  EXPECT_TRUE(std::holds_alternative<Failure>(server.poll()));
  server.connection_ = 1;
  server.statuses_["/FetchClientStatus"] = "INTERNAL";
  const Step failed = server.poll();
  ASSERT_TRUE(std::holds_alternative<Failure>(failed)) << "nothing is known of it";
  EXPECT_THAT(std::get<Failure>(failed).message, testing::HasSubstr("INTERNAL"));
}

TEST(Proxyless, says_the_number_of_a_status_that_is_none_of_grpcs) {
  RecordedGrpc server(balanced);
  server.statuses_["/GetServers"] = "other";
  EXPECT_EQ(server.readings().partial.at(0).message,
            "/grpc.channelz.v1.Channelz/GetServers: gRPC status 99");
}

TEST(Proxyless, keeps_what_it_has_when_a_later_part_fails) {
  RecordedGrpc server(balanced);
  server.failures_.emplace("ServerReflectionInfo", Failure{Reason::timeout, "no answer"});
  const Readings readings = server.readings();
  ASSERT_THAT(readings.partial, SizeIs(1));
  EXPECT_EQ(readings.partial[0], (Failure{Reason::timeout, "reflection: no answer"}));
  EXPECT_TRUE(readings.traffic);
  EXPECT_TRUE(readings.hung);
  const Failure told{Reason::timeout,
                     "reflection: no answer; other calls are answered, so it is left out for 5m"};
  EXPECT_THAT(readings.left_out, ElementsAre(told));
  const Readings meanwhile = server.readings();
  EXPECT_EQ(server.asked("ServerReflectionInfo"), 0) << "each time costs the whole poll's time";
  EXPECT_FALSE(meanwhile.hung);
  EXPECT_THAT(meanwhile.partial, IsEmpty());
  EXPECT_THAT(meanwhile.left_out, ElementsAre(told));
  server.failures_.clear();
  for (int poll = 0; poll < 18; ++poll) {
    const Readings waiting = server.readings();
    EXPECT_FALSE(waiting.declared);
    EXPECT_THAT(waiting.left_out, ElementsAre(told));
  }
  const Readings next = server.readings();
  EXPECT_TRUE(next.declared) << "five minutes are over";
  EXPECT_THAT(next.left_out, IsEmpty());
  EXPECT_THAT(next.heard, testing::Contains("reflection"));
}

}  // namespace
}  // namespace mesh::proxyless_test
