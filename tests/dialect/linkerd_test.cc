// Linkerd's page: the process, the certificate and what is true at the moment, from a real proxy.
// What it counts is in linkerd_ledger_test.cc.
#include "dialect/linkerd.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <utility>

#include "dialect/scripted_door.h"
#include "wire/fixture.h"

namespace mesh::linkerd_test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

Target at_metrics() {
  Target target;
  target.mesh = "linkerd";
  target.metrics = HttpEndpoint{{"127.0.0.1", 4191, ""}, "/metrics"};
  return target;
}

class LinkerdTest : public testing::Test {
 protected:
  ScriptedDoor door_{find_dialect("linkerd")->open(at_metrics(), Config{})};
};

TEST_F(LinkerdTest, tells_its_process_and_its_certificate) {
  door_.bodies_["/metrics"] = fixture("linkerd/2.366-dev/idle.txt");
  const Instant asked = door_.now_;
  const Readings readings = door_.readings();
  EXPECT_THAT(door_.asked(), ElementsAre("page /metrics"));
  ASSERT_TRUE(readings.proxy);
  EXPECT_EQ(readings.proxy->version, "2.366.0-dev.7");
  EXPECT_EQ(readings.proxy->build, "29637b64f/release");
  EXPECT_EQ(readings.proxy->started, asked - std::chrono::nanoseconds(9'047'901'035));
  ASSERT_TRUE(readings.agent);
  EXPECT_EQ(readings.agent->look.held.size(), 1u);
}

TEST_F(LinkerdTest, reads_every_line_of_both_texts) {
  for (const char* file : {"before_identity", "idle", "refresh_recovered", "after_traffic_client",
                           "after_traffic_server", "open_stream_client", "open_stream_server",
                           "hostname_labels_client"}) {
    door_.bodies_["/metrics"] = fixture(std::string("linkerd/2.366-dev/") + file + ".txt");
    EXPECT_EQ(door_.readings().unreadable, 0u) << file;
  }
}

TEST_F(LinkerdTest, shows_a_restart_by_its_start) {
  door_.bodies_["/metrics"] = "process_start_time_seconds 1000.25\n";
  EXPECT_EQ(door_.readings().incarnation, 0u);
  EXPECT_EQ(door_.readings().incarnation, 0u);
  door_.bodies_["/metrics"] = "process_start_time_seconds 1000.75\n";
  EXPECT_EQ(door_.readings().incarnation, 1u);
}

TEST_F(LinkerdTest, is_asked_at_its_admin_address_where_that_is_configured) {
  Target target;
  target.mesh = "linkerd";
  target.admin = Address{"127.0.0.1", 4191, ""};
  ScriptedDoor door(find_dialect("linkerd")->open(target, Config{}));
  door.bodies_["/metrics"] = "process_cpu_seconds_total 1\n";
  EXPECT_FALSE(door.readings().proxy);
  EXPECT_EQ(door.asked_.at(0), (Request{Request::Port::admin, "/metrics"}));
}

TEST_F(LinkerdTest, tells_endpoints_by_address_and_by_number) {
  door_.bodies_["/metrics"] = fixture("linkerd/2.366-dev/hostname_labels_client.txt");
  const Readings readings = door_.readings();
  const std::string greeter = "greeter.shop.svc.cluster.local:8080";
  ASSERT_EQ(readings.endpoint_states.size(), 1u);
  const EndpointReading& endpoint = readings.endpoint_states[0];
  EXPECT_EQ(endpoint.upstream, greeter);
  EXPECT_EQ(endpoint.address, "127.20.0.5:9090");
  EXPECT_EQ(endpoint.connections_active, 1u);
  EXPECT_FALSE(endpoint.requests_active);
  EXPECT_THAT(readings.endpoint_counts,
              ElementsAre(EndpointCount{greeter, EndpointState::ready, 1},
                          EndpointCount{greeter, EndpointState::unhealthy, 0}));
  UpstreamReading upstream;
  upstream.upstream = greeter;
  upstream.connections.active = 1;
  upstream.speaks_http = true;
  upstream.tells_requests = false;
  EXPECT_THAT(readings.upstreams, ElementsAre(upstream));
}

TEST_F(LinkerdTest, counts_endpoints_that_were_called_by_what_they_were_sent) {
  door_.bodies_["/metrics"] = fixture("linkerd/2.366-dev/after_traffic_client.txt");
  const Readings readings = door_.readings();
  std::map<std::pair<Counted, std::string>, std::uint64_t> counts;
  for (std::size_t i = 0; i < readings.endpoints->series->size(); ++i) {
    const SeriesKey& key = (*readings.endpoints->series)[i].key;
    if (key.upstream != "greeter-plain.shop.svc.cluster.local:8080") continue;
    EXPECT_EQ(key.detail, "127.20.0.5:9091");
    counts[{key.counted, key.detail}] += readings.endpoints->values[i];
  }
  const std::string address = "127.20.0.5:9091";
  EXPECT_EQ((counts[{Counted::endpoint_requests, address}]), 50u);
  EXPECT_EQ((counts[{Counted::endpoint_failures, address}]), 9u);  // by the proxy's judgement
  EXPECT_EQ((counts[{Counted::endpoint_connections, address}]), 1u);
}

// One of them is the agent's own.
TEST_F(LinkerdTest, does_not_count_connections_to_its_own_page) {
  door_.bodies_["/metrics"] = fixture("linkerd/2.366-dev/after_traffic_client.txt");
  EXPECT_EQ(door_.readings().inbound_connections, 0u);
  door_.bodies_["/metrics"] =
      "tcp_open_connections{direction=\"inbound\",peer=\"src\",target_port=\"4191\"} 2\n"
      "tcp_open_connections{direction=\"inbound\",peer=\"src\",target_port=\"80\"} 3\n"
      "tcp_open_connections{direction=\"inbound\",peer=\"dst\"} 6\n";
  EXPECT_EQ(door_.readings().inbound_connections, 3u);
  door_.bodies_["/metrics"] = "up 1\n";
  EXPECT_EQ(door_.readings().inbound_connections, std::nullopt);
}

TEST_F(LinkerdTest, counts_denials_of_callers_and_not_its_own) {
  door_.bodies_["/metrics"] =
      "inbound_http_authz_deny_total{target_addr=\"10.0.0.7:80\",target_port=\"80\"} 5\n"
      "inbound_tcp_authz_deny_total{target_addr=\"10.0.0.7:81\",target_port=\"81\"} 2\n"
      "inbound_http_authz_deny_total{target_addr=\"10.0.0.7:4191\",target_port=\"4191\"} 9\n";
  const Readings readings = door_.readings();
  EXPECT_THAT(readings.traffic->values, ElementsAre(5u, 2u));
  EXPECT_EQ(readings.traffic->series->at(0).key.counted, Counted::denials);
}

TEST_F(LinkerdTest, tells_its_links_to_the_controllers_that_it_watches) {
  door_.bodies_["/metrics"] = fixture("linkerd/2.366-dev/idle.txt");
  EXPECT_THAT(door_.readings().control_plane.links,
              ElementsAre(LinkReading{ConfigKind::rds, "policy", true},
                          LinkReading{ConfigKind::eds, "destination", true}));
  door_.bodies_["/metrics"] =
      "control_policy_balancer_endpoints{endpoint_state=\"pending\",addr=\"a\"} 1\n"
      "control_policy_balancer_endpoints{endpoint_state=\"ready\",addr=\"a\"} 0\n";
  EXPECT_THAT(door_.readings().control_plane.links,
              ElementsAre(LinkReading{ConfigKind::rds, "policy", false}));
}

// Between these moments two requests for a certificate were answered with an error.
TEST_F(LinkerdTest, counts_certificates_that_it_asked_for_in_vain) {
  const auto failures = [&](const char* file) {
    door_.bodies_["/metrics"] = fixture(std::string("linkerd/2.366-dev/") + file + ".txt");
    return door_.readings().agent->failures;
  };
  EXPECT_THAT(failures("open_stream_client"), Contains(AgentFailures{"request_failed", 1}));
  EXPECT_THAT(failures("refresh_recovered"), Contains(AgentFailures{"request_failed", 3}));
}

TEST_F(LinkerdTest, follows_no_durations_where_there_are_too_many) {
  std::string page = "up 1\n";
  for (int i = 0; i <= 25'000; ++i) {
    page += "response_latency_ms_bucket{direction=\"outbound\",authority=\"a:" + std::to_string(i) +
            "\",le=\"1\"} 1\n";
  }
  door_.bodies_["/metrics"] = page;
  const Readings readings = door_.readings();
  EXPECT_THAT(readings.traffic->values, IsEmpty());
  EXPECT_THAT(
      readings.partial,
      ElementsAre(Failure{Reason::too_large, "durations: 25001 series, more than are followed"}));
}

TEST_F(LinkerdTest, counts_numbers_that_no_counter_has_as_unreadable) {
  door_.bodies_["/metrics"] =
      "request_total{direction=\"outbound\",authority=\"a:1\",target_addr=\"a:1\"} -1\n";
  const Readings readings = door_.readings();
  EXPECT_EQ(readings.unreadable, 1u);
  EXPECT_EQ(readings.unreadable_sample, "request_total -1");
  EXPECT_FALSE(readings.traffic->complete);
}

TEST_F(LinkerdTest, with_nothing_on_its_page_is_none) {
  for (const std::string body : {"", "\n", "# HELP a b\n"}) {
    door_.bodies_["/metrics"] = body;
    const Step step = door_.poll();
    ASSERT_TRUE(std::holds_alternative<Failure>(step)) << body;
    EXPECT_EQ(std::get<Failure>(step).message, "/metrics: nothing on it");
  }
}

TEST_F(LinkerdTest, that_forbids_its_page_is_a_failure) {
  door_.statuses_["/metrics"] = 403;
  const Failure failure = std::get<Failure>(door_.poll());
  EXPECT_EQ(failure.reason, Reason::forbidden);
  EXPECT_THAT(failure.message, StartsWith("/metrics: HTTP status 403: "));
  EXPECT_THAT(failure.message, HasSubstr("AuthorizationPolicy"));
}

TEST_F(LinkerdTest, that_answers_garbage_is_a_failure) {
  door_.bodies_["/metrics"] = "<html>\n";
  EXPECT_EQ(std::get<Failure>(door_.poll()).reason, Reason::parse);
}

}  // namespace
}  // namespace mesh::linkerd_test
