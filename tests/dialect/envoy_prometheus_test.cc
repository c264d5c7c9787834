// What Envoy's Prometheus form tells for certain, and what not.
#include "dialect/envoy_prometheus.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "dialect/dialects.h"
#include "dialect/envoy_sample.h"

namespace mesh::envoy_prometheus_test {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

std::optional<EnvoySample> read_line(const std::string& line) {
  std::optional<EnvoySample> read;
  read_exposition(line + "\n", [&](const Sample& sample) { read = read_envoy_sample(sample); });
  return read;
}

TEST(EnvoySample, dot_free_names_come_out_right) {
  const auto read = read_line(
      R"(envoy_cluster_grpc_0{envoy_cluster_name="users",envoy_grpc_bridge_service="Greeter",envoy_grpc_bridge_method="SayHello"} 5)");
  ASSERT_TRUE(read);
  EXPECT_TRUE(read->exact);
  EXPECT_EQ(read->key, (SeriesKey{Counted::calls, Direction::outbound, "users", "", "Greeter",
                                  "SayHello", "OK"}));
}

TEST(EnvoySample, a_single_part_without_underscore_is_the_method_of_a_dotted_service) {
  const auto read = read_line(
      R"(envoy_cluster_grpc_GetUser_14{envoy_cluster_name="c",envoy_grpc_bridge_service="user",envoy_grpc_bridge_method="UserService"} 5)");
  ASSERT_TRUE(read);
  EXPECT_TRUE(read->exact);
  EXPECT_EQ(read->key.service, "user.UserService");
  EXPECT_EQ(read->key.method, "GetUser");
  EXPECT_EQ(read->key.detail, "UNAVAILABLE");
}

TEST(EnvoySample, an_underscore_that_may_be_a_dot_is_not_guessed) {
  const auto read = read_line(
      R"(envoy_cluster_grpc_v1_Health_Check_0{envoy_cluster_name="c",envoy_grpc_bridge_service="grpc",envoy_grpc_bridge_method="health"} 5)");
  ASSERT_TRUE(read);
  EXPECT_FALSE(read->exact);
  EXPECT_EQ(read->key, (SeriesKey{Counted::calls, Direction::outbound, "c", "", "", "", "OK"}));
}

TEST(EnvoySample, a_dotted_cluster_leaves_only_status_and_direction) {
  const auto read = read_line(
      R"(envoy_cluster_shop_svc_cluster_local_grpc_user_v1_UserService_GetUser_14{envoy_cluster_name="outbound|50051||users"} 5)");
  ASSERT_TRUE(read);
  EXPECT_FALSE(read->exact);
  EXPECT_EQ(read->key,
            (SeriesKey{Counted::calls, Direction::outbound, "", "", "", "", "UNAVAILABLE"}));
}

TEST(EnvoySample, an_aggregate_without_method_is_exact) {
  const auto read = read_line(R"(envoy_cluster_grpc_14{envoy_cluster_name="c"} 5)");
  ASSERT_TRUE(read);
  EXPECT_TRUE(read->exact);
  EXPECT_EQ(read->key.service, "");
}

TEST(EnvoySample, sums_of_what_is_counted_by_status_are_none_of_ours) {
  EXPECT_FALSE(read_line(R"(envoy_cluster_grpc_success{envoy_cluster_name="c"} 5)"));
  EXPECT_FALSE(read_line(R"(envoy_cluster_grpc_total{envoy_cluster_name="c"} 5)"));
}

TEST(EnvoySample, an_http_status_is_no_grpc_status) {
  EXPECT_FALSE(read_line(R"(envoy_cluster_grpc_b_upstream_rq_200{envoy_cluster_name="a"} 5)"));
  EXPECT_FALSE(read_line(R"(envoy_cluster_upstream_rq_5{envoy_cluster_name="a"} 5)"));
}

TEST(EnvoySample, messages_resets_and_times_are_read) {
  const auto messages = read_line(
      R"(envoy_cluster_grpc_request_message_count{envoy_cluster_name="c",envoy_grpc_bridge_service="S",envoy_grpc_bridge_method="M"} 5)");
  ASSERT_TRUE(messages);
  EXPECT_EQ(messages->key.counted, Counted::messages);
  EXPECT_EQ(messages->key.detail, "request");
  const auto reset = read_line(R"(envoy_cluster_upstream_rq_rx_reset{envoy_cluster_name="c"} 5)");
  ASSERT_TRUE(reset);
  EXPECT_EQ(reset->key,
            (SeriesKey{Counted::resets, Direction::outbound, "c", "", "", "", "remote"}));
  const auto bucket = read_line(
      R"(envoy_cluster_grpc_upstream_rq_time_bucket{envoy_cluster_name="c",envoy_grpc_bridge_service="S",envoy_grpc_bridge_method="M",le="0.5"} 5)");
  ASSERT_TRUE(bucket);
  EXPECT_EQ(bucket->key.detail, "0.0005");
  EXPECT_EQ(bucket->key.method, "M");
}

TEST(EnvoySample, what_happened_to_a_pool_is_read_where_the_upstream_is_certain) {
  const auto ejections = read_line(
      R"(envoy_cluster_outlier_detection_ejections_enforced_success_rate{envoy_cluster_name="c"} 5)");
  ASSERT_TRUE(ejections);
  EXPECT_TRUE(ejections->exact);
  EXPECT_EQ(ejections->key,
            (SeriesKey{Counted::ejections, Direction::outbound, "c", "", "", "", "success_rate"}));
  EXPECT_FALSE(read_line(
      R"(envoy_cluster_shop_svc_upstream_cx_connect_fail{envoy_cluster_name="outbound|80||c"} 5)"));
}

TEST(EnvoySample, a_reset_of_an_uncertain_upstream_is_counted_all_the_same) {
  const auto reset = read_line(
      R"(envoy_cluster_shop_svc_upstream_rq_rx_reset{envoy_cluster_name="outbound|80||c"} 5)");
  ASSERT_TRUE(reset);
  EXPECT_FALSE(reset->exact);
  EXPECT_EQ(reset->key.upstream, "");
}

TEST(EnvoySample, the_last_bucket_is_infinite_and_the_sum_is_read) {
  const auto bucket = read_line(
      R"(envoy_cluster_grpc_upstream_rq_time_bucket{envoy_cluster_name="c",le="+Inf"} 5)");
  ASSERT_TRUE(bucket);
  EXPECT_EQ(bucket->key.detail, "+Inf");
  const auto sum =
      read_line(R"(envoy_cluster_grpc_upstream_rq_time_sum{envoy_cluster_name="c"} 5.5)");
  ASSERT_TRUE(sum);
  EXPECT_EQ(sum->key.counted, Counted::duration_sum_us);
}

TEST(EnvoySample, other_families_are_none_of_ours) {
  EXPECT_FALSE(read_line("envoy_server_live 1"));
  EXPECT_FALSE(read_line("envoy_cluster_0 1"));
  EXPECT_FALSE(read_line(R"(envoy_cluster_upstream_cx_active{envoy_cluster_name="c"} 5)"));
}

class EnvoyPrometheusTest : public testing::Test {
 protected:
  Readings poll(const std::string& body) {
    (void)conversation_->begin(now_);
    now_ += seconds(15);
    const Step step = conversation_->hear(Response{200, body, 1, now_, now_});
    EXPECT_TRUE(std::holds_alternative<Readings>(step));
    return std::get<Readings>(step);
  }

  std::unique_ptr<Conversation> conversation_ = open_envoy_prometheus("/stats/prometheus");
  Instant now_ = Instant{} + seconds(100'000);
};

TEST_F(EnvoyPrometheusTest, envoys_own_page_is_asked_with_the_filter) {
  const Step step = conversation_->begin(now_);
  const Request& request = std::get<Request>(step);
  EXPECT_EQ(request.port, Request::Port::metrics);
  EXPECT_THAT(request.path, testing::StartsWith("/stats/prometheus?usedonly&filter="));
}

TEST_F(EnvoyPrometheusTest, any_other_page_is_asked_as_configured) {
  const auto conversation = open_envoy_prometheus("/metrics?x=1");
  EXPECT_EQ(std::get<Request>(conversation->begin(now_)).path, "/metrics?x=1");
}

TEST_F(EnvoyPrometheusTest, a_target_with_a_metrics_port_only_is_asked_there) {
  Target target;
  target.metrics = HttpEndpoint{{"127.0.0.1", 15090, ""}, "/metrics"};
  const auto conversation = find_dialect("envoy")->open(target, Config{});
  EXPECT_EQ(std::get<Request>(conversation->begin(now_)),
            (Request{Request::Port::metrics, "/metrics"}));
}

TEST_F(EnvoyPrometheusTest, ambiguous_series_are_counted_and_their_calls_kept) {
  const Readings readings = poll(
      "envoy_cluster_a_grpc_S_M_0{envoy_cluster_name=\"x\"} 5\n"
      "envoy_cluster_grpc_0{envoy_cluster_name=\"x\"} 3\n");
  EXPECT_EQ(readings.ambiguous, 1u);
  EXPECT_THAT(readings.traffic->values, ElementsAre(5, 3));
}

TEST_F(EnvoyPrometheusTest, a_family_repeated_by_a_merged_page_counts_once) {
  const Readings readings = poll(
      "envoy_cluster_grpc_0{envoy_cluster_name=\"x\"} 3\n"
      "envoy_cluster_grpc_0{envoy_cluster_name=\"x\"} 3\n");
  EXPECT_THAT(readings.traffic->values, ElementsAre(3));
}

TEST_F(EnvoyPrometheusTest, a_shrunken_uptime_is_a_new_life) {
  const Readings first = poll("envoy_server_uptime{} 100\nenvoy_server_state{} 0\n");
  const Readings second = poll("envoy_server_uptime{} 3\nenvoy_server_state{} 1\n");
  EXPECT_NE(first.incarnation, second.incarnation);
  EXPECT_EQ(second.proxy->state, ProxyState::draining);
}

TEST_F(EnvoyPrometheusTest, values_that_are_no_count_are_unreadable) {
  const Readings readings = poll(
      "envoy_cluster_grpc_0{envoy_cluster_name=\"x\"} -1\n"
      "envoy_cluster_grpc_1{envoy_cluster_name=\"x\"} NaN\n"
      "envoy_cluster_grpc_2{envoy_cluster_name=\"x\"} 1e300\n");
  EXPECT_EQ(readings.unreadable, 3u);
  EXPECT_THAT(readings.traffic->values, IsEmpty());
}

TEST_F(EnvoyPrometheusTest, a_histogram_is_one_scope_with_its_sum_in_microseconds) {
  const Readings readings = poll(
      "envoy_cluster_grpc_upstream_rq_time_bucket{envoy_cluster_name=\"x\",le=\"5\"} 2\n"
      "envoy_cluster_grpc_upstream_rq_time_bucket{envoy_cluster_name=\"x\",le=\"+Inf\"} 3\n"
      "envoy_cluster_grpc_upstream_rq_time_sum{envoy_cluster_name=\"x\"} "
      "115.000000000000014210854715202\n"
      "envoy_cluster_grpc_upstream_rq_time_sum{envoy_cluster_name=\"y\"} 0.0004\n");
  EXPECT_THAT(readings.traffic->values, ElementsAre(2, 3, 115'000, 0));
  std::vector<std::uint32_t> scopes;
  for (const Series& series : *readings.traffic->series) scopes.push_back(series.scope);
  EXPECT_THAT(scopes, ElementsAre(1, 1, 1, 2));
}

TEST_F(EnvoyPrometheusTest, a_sum_that_no_clock_can_have_measured_is_unreadable) {
  for (const char* const sum : {"-1", "NaN", "+Inf", "1e17", "1e300"}) {
    const Readings readings =
        poll("envoy_cluster_grpc_upstream_rq_time_sum{envoy_cluster_name=\"x\"} " +
             std::string(sum) + "\n");
    EXPECT_EQ(readings.unreadable, 1u) << sum;
    EXPECT_THAT(readings.traffic->values, IsEmpty()) << sum;
  }
}

TEST_F(EnvoyPrometheusTest, garbage_is_a_parse_failure) {
  (void)conversation_->begin(now_);
  const Step step = conversation_->hear(Response{200, "<html>\n", 1, now_, now_});
  EXPECT_EQ(std::get<Failure>(step).reason, Reason::parse);
}

TEST_F(EnvoyPrometheusTest, the_unchanged_series_are_the_same_object) {
  const Readings first = poll("envoy_cluster_grpc_0{envoy_cluster_name=\"x\"} 3\n");
  const Readings second = poll("envoy_cluster_grpc_0{envoy_cluster_name=\"x\"} 4\n");
  EXPECT_EQ(first.traffic->series, second.traffic->series);
}

}  // namespace
}  // namespace mesh::envoy_prometheus_test
