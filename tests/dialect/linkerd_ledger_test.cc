// The ledgers of a real proxy's clients against what is read of its pages: each count comes out as
// the clients saw it, or the difference is named. One proxy sat beside the client, one beside the
// server; fixtures/README.md has the version.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <tuple>

#include "dialect/block_numbers.h"
#include "dialect/scripted_door.h"
#include "wire/fixture.h"

namespace mesh::linkerd_ledger_test {
namespace {

using testing::IsEmpty;

constexpr std::string_view by_route = "greeter.shop.svc.cluster.local:8080",
                           plain = "greeter-plain.shop.svc.cluster.local:8080",
                           profiled = "greeter-profile.shop.svc.cluster.local:8080",
                           empty = "empty.shop.svc.cluster.local:8080";

ScriptedDoor door_at(std::uint16_t port) {
  Target target;
  target.mesh = "linkerd";
  target.metrics = HttpEndpoint{{"127.0.0.1", port, ""}, "/metrics"};
  return ScriptedDoor(find_dialect("linkerd")->open(target, Config{}));
}

Readings client(const std::string& file) {
  ScriptedDoor door = door_at(4191);
  door.bodies_["/metrics"] = fixture("linkerd/2.366-dev/" + file + "_client.txt");
  return door.readings();
}

Readings server(const std::string& file) {
  ScriptedDoor door = door_at(4291);
  door.bodies_["/metrics"] = fixture("linkerd/2.366-dev/" + file + "_server.txt");
  return door.readings();
}

Numbers to(const Readings& readings, std::string_view upstream, Counted counted = Counted::calls) {
  return numbers(*readings.traffic, counted, Direction::outbound, upstream);
}

Numbers received(const Readings& readings, Counted counted = Counted::calls) {
  return numbers(*readings.traffic, counted, Direction::inbound, "");
}

// Of 57 calls: 2 Slow, which the client gave up before there was an answer, are counted nowhere;
// LongStream, which it cancelled, ended without a status. RouteTimeout is two of the four that
// exceeded their deadline, Flaky three of those that were OK.
const Numbers calls_by_route{
    {"OK", 33},          {"NOT_FOUND", 5},        {"UNAVAILABLE", 3},     {"DEADLINE_EXCEEDED", 4},
    {"INTERNAL", 4},     {"INVALID_ARGUMENT", 2}, {"UNAUTHENTICATED", 1}, {"RESOURCE_EXHAUSTED", 1},
    {"UNIMPLEMENTED", 1}};

TEST(LinkerdLedgerTest, counts_each_call_by_a_grpc_route_once) {
  const Readings readings = client("after_traffic");
  EXPECT_EQ(to(readings, by_route), calls_by_route);
  EXPECT_EQ(to(readings, by_route, Counted::resets), (Numbers{{"unknown", 1}}));
  EXPECT_EQ(to(readings, by_route, Counted::retries), (Numbers{{"started", 3}, {"succeeded", 3}}));
  EXPECT_EQ(to(readings, by_route, Counted::timeouts), (Numbers{{"request", 2}}));
  EXPECT_EQ(to(readings, by_route, Counted::attempts), (Numbers{{"", 60}}));
}

// The same, of 50 calls: 2 Slow are not counted, 1 LongStream has no status.
TEST(LinkerdLedgerTest, counts_calls_by_no_route_by_their_answers) {
  const Readings readings = client("after_traffic");
  EXPECT_EQ(to(readings, plain), (Numbers{{"OK", 28},
                                          {"NOT_FOUND", 5},
                                          {"UNAVAILABLE", 3},
                                          {"DEADLINE_EXCEEDED", 2},
                                          {"INTERNAL", 4},
                                          {"INVALID_ARGUMENT", 2},
                                          {"UNAUTHENTICATED", 1},
                                          {"RESOURCE_EXHAUSTED", 1},
                                          {"UNIMPLEMENTED", 1}}));
  EXPECT_EQ(to(readings, plain, Counted::resets), (Numbers{{"unknown", 1}}));
  EXPECT_EQ(to(readings, plain, Counted::attempts), (Numbers{{"", 50}}));
}

// The profile names routes for three of the four methods that were called.
TEST(LinkerdLedgerTest, counts_calls_by_the_routes_of_a_profile_with_their_methods) {
  EXPECT_EQ(to(client("after_traffic"), profiled),
            (Numbers{{"test.Greeter/Ok OK", 10},
                     {"test.Greeter/NotFound NOT_FOUND", 2},
                     {"test.Greeter/Unavailable UNAVAILABLE", 2},
                     {"INTERNAL", 1}}));
}

// The ledger's one DEADLINE_EXCEEDED and one UNAVAILABLE: whether they were gRPC is not told.
TEST(LinkerdLedgerTest, counts_calls_that_found_no_endpoint_as_picks) {
  const Readings readings = client("after_traffic");
  EXPECT_THAT(to(readings, empty), IsEmpty());
  EXPECT_EQ(to(readings, empty, Counted::unhealthy_picks), (Numbers{{"none", 2}}));
}

// 7 more that were OK; a stream is under way, and is not counted.
TEST(LinkerdLedgerTest, does_not_count_a_stream_that_is_open) {
  Numbers calls = calls_by_route;
  calls["OK"] += 7;
  const Readings readings = client("open_stream");
  EXPECT_EQ(to(readings, by_route), calls);
  EXPECT_EQ(to(readings, by_route, Counted::resets), (Numbers{{"unknown", 1}}));
}

TEST(LinkerdLedgerTest, is_not_split_by_the_label_of_host_names) {
  EXPECT_EQ(to(client("hostname_labels"), by_route), calls_by_route);
}

// Of what all ledgers sent here each attempt is a call: the first ones of Flaky make the
// UNAVAILABLE
// 12. Not told are the call without a route, and calls that were given up before an answer's
// headers: four Slow and two RouteTimeout, but for one that the application itself ended with
// DEADLINE_EXCEEDED. LongStream of both ledgers has no status.
TEST(LinkerdLedgerTest, counts_what_callers_sent) {
  const Readings readings = server("after_traffic");
  EXPECT_EQ(received(readings), (Numbers{{"OK", 80},
                                         {"NOT_FOUND", 14},
                                         {"UNAVAILABLE", 12},
                                         {"DEADLINE_EXCEEDED", 5},
                                         {"INTERNAL", 9},
                                         {"INVALID_ARGUMENT", 4},
                                         {"UNAUTHENTICATED", 2},
                                         {"RESOURCE_EXHAUSTED", 2},
                                         {"UNIMPLEMENTED", 2}}));
  EXPECT_EQ(received(readings, Counted::resets), (Numbers{{"unknown", 2}}));
  Numbers later = received(server("open_stream"));
  EXPECT_EQ(later["OK"], 87u);
}

TEST(LinkerdLedgerTest, times_answers_of_grpc_alone) {
  const Readings readings = client("after_traffic");
  // Of 60 attempts 2 Slow and 2 RouteTimeout never had an answer of an endpoint.
  EXPECT_EQ(to(readings, by_route, Counted::duration_bucket)["+Inf"], 56u);
  EXPECT_EQ(to(readings, plain, Counted::duration_bucket)["+Inf"], 48u);
  const Numbers times = to(readings, profiled, Counted::duration_bucket);
  EXPECT_EQ(times.at("test.Greeter/Ok +Inf"), 10u);
  EXPECT_EQ(times.at("test.Greeter/Ok 0.003"), 2u);
  EXPECT_EQ(times.at("+Inf"), 1u);
  EXPECT_EQ(to(readings, profiled, Counted::duration_sum_us).at("test.Greeter/Ok "), 48'000u);
  // Of the ports of the server 9092 answers HTTP/1.1, which is no call.
  EXPECT_EQ(received(server("after_traffic"), Counted::duration_bucket)["+Inf"], 132u);
}

}  // namespace
}  // namespace mesh::linkerd_ledger_test
