// Findings about what fails on the way to an upstream: endpoints, connections, handshakes, streams.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "compute/findings/pool_findings.h"

namespace mesh::reach_test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class ReachFindings : public PoolFindings {};

TEST_F(ReachFindings, name_endpoints_that_were_ejected_and_why) {
  endpoint("10.0.0.1:80", EndpointState::ready);
  endpoint("10.0.0.2:80", EndpointState::ready);
  endpoint("10.0.0.3:80", EndpointState::ejected);
  count({Counted::ejections, "success_rate", 1});
  count({Counted::ejections, "consecutive_5xx", 2});
  EXPECT_THAT(words(), ElementsAre("warning endpoints_ejected: 1 of 3 endpoints of users:50051 "
                                   "ejected: 10.0.0.3:80, for one server error after the other"));
  EXPECT_THAT(found().at(0).evidence, Contains(Evidence{"consecutive_5xx", 2, Unit::count}));
}

TEST_F(ReachFindings, are_critical_when_half_of_the_endpoints_are_ejected) {
  for (const char* address : {"a:1", "b:1", "c:1", "d:1"}) {
    endpoint(address, EndpointState::ejected);
    endpoint(address + std::string("0"), EndpointState::ready);
  }
  EXPECT_THAT(words(), ElementsAre("critical endpoints_ejected: 4 of 8 endpoints of users:50051 "
                                   "ejected: a:1, b:1, c:1 and others"));
}

TEST_F(ReachFindings, see_an_upstream_without_an_endpoint_that_may_be_called) {
  endpoint("10.0.0.1:80", EndpointState::ejected);
  endpoint("10.0.0.2:80", EndpointState::unhealthy);
  endpoint("10.0.0.3:80", EndpointState::draining);
  EXPECT_THAT(words(),
              ElementsAre("critical no_healthy_endpoint: users:50051 has no endpoint that may be "
                          "called: 1 ejected, 1 unhealthy, 1 draining"));
}

TEST_F(ReachFindings, are_silent_about_an_upstream_that_nobody_calls) {
  endpoint("10.0.0.1:80", EndpointState::unhealthy);
  keys_.clear();
  increases_.clear();
  EXPECT_THAT(words(), IsEmpty());
}

TEST_F(ReachFindings, see_calls_for_which_there_was_no_endpoint_at_all) {
  keys_.clear();
  increases_.clear();
  count({Counted::unhealthy_picks, "none", 30});
  EXPECT_THAT(words(), ElementsAre("critical no_healthy_endpoint: users:50051 has no endpoint that "
                                   "may be called"));
}

TEST_F(ReachFindings, see_a_proxy_that_panics) {
  endpoint("10.0.0.1:80", EndpointState::ready);
  endpoint("10.0.0.2:80", EndpointState::unhealthy);
  endpoint("10.0.0.3:80", EndpointState::unhealthy);
  count({Counted::unhealthy_picks, "panic", 1000});
  EXPECT_THAT(
      words(),
      ElementsAre("critical no_healthy_endpoint: users:50051 has only 1 of 3 endpoints that "
                  "may be called: 0 ejected, 2 unhealthy, 0 draining; calls are sent to all "
                  "of them regardless"));
}

TEST_F(ReachFindings, tell_by_whom_a_handshake_was_not_trusted) {
  count({Counted::connections, "", 27});
  count({Counted::tls_failures, "verify", 12});
  count({Counted::tls_failures, "handshake", 3});
  count({Counted::connect_failures, "all", 15});
  EXPECT_THAT(words(),
              ElementsAre("warning tls_handshake_failures outbound: 15 TLS handshakes with "
                          "users:50051 failed (50 % of the connections): the server's certificate "
                          "is not trusted here: a wrong or old CA, or it has expired"));
}

TEST_F(ReachFindings, are_critical_when_no_handshake_succeeds) {
  count({Counted::connections, "", 12});
  count({Counted::tls_failures, "name", 15});
  EXPECT_THAT(words(), ElementsAre(HasSubstr("critical tls_handshake_failures outbound: 15 TLS")));
}

TEST_F(ReachFindings, see_callers_without_a_certificate) {
  count({Counted::tls_failures, "no_certificate", 7, Direction::inbound});
  EXPECT_THAT(words(), ElementsAre("warning tls_handshake_failures inbound: 7 TLS handshakes of "
                                   "callers failed: the caller shows no certificate: it is outside "
                                   "the mesh, or its sidecar has none yet"));
  EXPECT_EQ(found().at(0).upstream, "");
}

TEST_F(ReachFindings, see_connections_that_are_refused_and_such_that_time_out) {
  count({Counted::connections, "", 97});
  count({Counted::connect_failures, "all", 30});
  count({Counted::connect_failures, "timeout", 10});
  EXPECT_THAT(words(), ElementsAre("warning connect_failures: 30 connections to users:50051 could "
                                   "not be made (30 % of those tried): 20 refused or reset, 10 "
                                   "without an answer in time"));
}

TEST_F(ReachFindings, are_critical_when_no_connection_can_be_made) {
  keys_.clear();
  increases_.clear();
  count({Counted::connections, "", 30});
  count({Counted::connect_failures, "all", 30});
  count({Counted::connect_failures, "timeout", 30});
  count({Counted::resets, "lost", 30});
  EXPECT_THAT(words(), ElementsAre("critical connect_failures: 30 connections to users:50051 could "
                                   "not be made (100 % of those tried): no answer in time"));
  EXPECT_THAT(found().at(0).remedy, HasSubstr("firewalls"));
}

TEST_F(ReachFindings, send_to_the_application_of_a_pod_that_its_sidecar_cannot_reach) {
  count({Counted::connections, "", 40, Direction::inbound});
  count({Counted::connect_failures, "all", 40, Direction::inbound});
  const auto all = found();
  ASSERT_THAT(all, SizeIs(1));
  EXPECT_THAT(all[0].cause, HasSubstr("to the pod's own application could not be made"));
  EXPECT_THAT(all[0].remedy, HasSubstr("is the application of this pod up"));
}

TEST_F(ReachFindings, see_calls_that_went_with_their_connections) {
  count({Counted::resets, "connection", 2});
  count({Counted::resets, "lost", 20});
  count({Counted::resets, "local", 500});
  EXPECT_THAT(words(), ElementsAre("warning connection_resets: 20 calls to users:50051 cut short "
                                   "(2.0 %): 2 connections broke under them"));
}

// TLS 1.3: the calls are on their way when the server refuses the client's certificate.
TEST_F(ReachFindings, do_not_tell_of_calls_that_went_with_a_handshake) {
  count({Counted::connections, "", 27});
  count({Counted::tls_failures, "handshake", 30});
  count({Counted::resets, "connection", 30});
  count({Counted::resets, "lost", 30});
  EXPECT_THAT(words(), ElementsAre(HasSubstr("tls_handshake_failures")));
}

TEST_F(ReachFindings, see_calls_that_the_upstream_resets) {
  count({Counted::resets, "remote", 300});
  EXPECT_THAT(words(), ElementsAre("critical connection_resets: 300 calls to users:50051 cut short "
                                   "(30 %): reset by the upstream"));
}

TEST_F(ReachFindings, are_silent_about_resets_that_are_few) {
  count({Counted::resets, "remote", 9});
  EXPECT_THAT(words(), IsEmpty());
}

}  // namespace
}  // namespace mesh::reach_test
