// The few settings that are read out of a configuration, and what is not a setting.
#include "wire/envoy_config_dump.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "wire/fixture.h"

namespace mesh::envoy_config_dump_test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

EnvoyConfigDump read(std::string_view body) {
  auto dump = parse_envoy_config_dump(body);
  EXPECT_TRUE(dump.ok()) << dump.error().message;
  return dump ? *dump : EnvoyConfigDump{};
}

std::string refusal(std::string_view body) {
  auto dump = parse_envoy_config_dump(body);
  return dump ? "accepted" : dump.error().message;
}

// A cluster with these fields beside its name, in an answer to a question with `resource=`.
EnvoyConfigDump with_cluster(const std::string& fields) {
  return read(R"({"configs":[{"cluster":{"name":"users",)" + fields + "}}]}");
}
EnvoyClusterSettings cluster(const std::string& fields) {
  const EnvoyConfigDump dump = with_cluster(fields);
  EXPECT_EQ(dump.unreadable, 0u) << dump.unreadable_sample;
  return dump.clusters.empty() ? EnvoyClusterSettings{} : dump.clusters[0];
}
std::string protocol(const std::string& fields) {
  return R"("typed_extension_protocol_options":{)"
         R"("envoy.extensions.upstreams.http.v3.HttpProtocolOptions":{)" +
         fields + "}}";
}

// An HTTP connection manager with these fields.
EnvoyManagerSettings manager(const std::string& fields) {
  const EnvoyConfigDump dump = read(
      R"({"configs":[{"listener":{"name":"web","filter_chains":[{"filters":[{"typed_config":{)"
      R"("@type":"type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.)"
      R"(HttpConnectionManager",)" +
      fields + "}}]}]}}]}");
  return dump.managers.size() == 1 ? dump.managers[0] : EnvoyManagerSettings{};
}
std::string with_policy(const std::string& policy) {
  return R"("route_config":{"virtual_hosts":[{"typed_per_filter_config":{"envoy.filters.http.cors":)"
         R"({"@type":"type.googleapis.com/envoy.extensions.filters.http.cors.v3.CorsPolicy",)" +
         policy + "}}}]}";
}

const EnvoyClusterSettings& named(const EnvoyConfigDump& dump, std::string_view name) {
  static const EnvoyClusterSettings none;
  for (const EnvoyClusterSettings& one : dump.clusters) {
    if (one.name == name) return one;
  }
  ADD_FAILURE() << "no cluster " << name;
  return none;
}

TEST(EnvoyConfigDump, reads_the_defaults_of_an_istio_sidecar) {
  const auto dump = read(fixture("istio/1.31-dev/config_dump.json"));
  EXPECT_EQ(dump.unreadable, 0u) << dump.unreadable_sample;
  EXPECT_THAT(dump.clusters, SizeIs(8));
  const auto& payments = named(dump, "outbound|9391||payments.shop.svc.cluster.local");
  EXPECT_EQ(payments.connect_timeout_ms, 10'000u);
  EXPECT_FALSE(payments.outlier_detection);
  EXPECT_EQ(payments.max_requests, 4'294'967'295u);
  EXPECT_EQ(payments.max_requests_per_connection, std::nullopt);
  EXPECT_EQ(named(dump, "agent").connect_timeout_ms, 250u);
  const auto& xds = named(dump, "xds-grpc");
  EXPECT_EQ(xds.max_requests_per_connection, 1u);  // in its old place
  EXPECT_EQ(xds.max_connections, 100'000u);        // of two priorities
  const auto found =
      std::ranges::find(dump.managers, "127.0.0.1_9391", &EnvoyManagerSettings::listener);
  ASSERT_NE(found, dump.managers.end());
  EXPECT_TRUE(found->cors);
  EXPECT_FALSE(found->grpc_web);
  EXPECT_EQ(found->routes, "9391");
  EXPECT_THAT(dump.routes, SizeIs(1));
}

TEST(EnvoyConfigDump, reads_a_consul_sidecar_with_empty_settings) {
  const auto dump = read(fixture("consul/1.20.6/config_dump.json"));
  EXPECT_EQ(dump.unreadable, 0u) << dump.unreadable_sample;
  EXPECT_THAT(dump.clusters, SizeIs(4));
  const auto& payments =
      named(dump, "payments.default.dc1.internal.dc0d9dce-2246-0f6c-8a02-785e4d1c176d.consul");
  EXPECT_EQ(payments.connect_timeout_ms, 5'000u);
  EXPECT_TRUE(payments.outlier_detection);         // `{}`: its defaults hold
  EXPECT_EQ(payments.max_requests, std::nullopt);  // likewise
  EXPECT_THAT(dump.managers, SizeIs(3));
}

TEST(EnvoyConfigDump, reads_the_masked_clusters_of_the_demo_mesh) {
  for (const std::string version : {"1.36.2", "1.40.0"}) {
    const auto dump = read(fixture("envoy/" + version + "/client/config_clusters.json"));
    EXPECT_EQ(dump.unreadable, 0u) << dump.unreadable_sample;
    EXPECT_THAT(dump.clusters, SizeIs(2));
    const auto& orders = named(dump, "outbound|50052||orders.shop.svc.cluster.local");
    EXPECT_EQ(orders.connect_timeout_ms, 1'000u);
    EXPECT_TRUE(orders.outlier_detection);
    EXPECT_EQ(orders.max_connection_duration_ms, 3'600'000u);
    EXPECT_EQ(orders.max_requests, 1'000u);
    const auto listeners = read(fixture("envoy/" + version + "/server/config_listeners.json"));
    EXPECT_THAT(listeners.managers, SizeIs(2)) << version;
  }
}

TEST(EnvoyConfigDump, reads_the_new_places_of_http_settings) {
  const auto users = cluster(protocol(
      R"("common_http_protocol_options":{"max_requests_per_connection":1000,)"
      R"("max_connection_duration":"1800s"},"explicit_http_config":{"http2_protocol_options":)"
      R"({"max_concurrent_streams":50,"initial_stream_window_size":65536,)"
      R"("initial_connection_window_size":131072}})"));
  EXPECT_EQ(users.max_requests_per_connection, 1000u);
  EXPECT_EQ(users.max_connection_duration_ms, 1'800'000u);
  EXPECT_EQ(users.http2, (EnvoyHttp2Settings{50, 65'536, 131'072}));
}

TEST(EnvoyConfigDump, knows_whether_localities_have_weights) {
  EXPECT_FALSE(cluster(R"("lb_policy":"RANDOM")").weighs_localities);
  EXPECT_FALSE(cluster(R"("common_lb_config":{"zone_aware_lb_config":{}})").weighs_localities);
  EXPECT_TRUE(
      cluster(R"("common_lb_config":{"locality_weighted_lb_config":{}})").weighs_localities);
  const auto by_policy = [](const std::string& name) {
    return cluster(R"("load_balancing_policy":{"policies":[{"typed_extension_config":{"name":")" +
                   name + R"("}}]})")
        .weighs_localities;
  };
  EXPECT_TRUE(by_policy("envoy.load_balancing_policies.wrr_locality"));
  EXPECT_FALSE(by_policy("envoy.load_balancing_policies.round_robin"));
}

TEST(EnvoyConfigDump, reads_http2_settings_beside_a_choice_of_protocols) {
  const std::string fifty = R"({"http2_protocol_options":{"max_concurrent_streams":50}})";
  for (const std::string way : {"use_downstream_protocol_config", "auto_config"}) {
    const std::string fields = protocol("\"" + way + "\":" + fifty);
    EXPECT_EQ(cluster(fields).http2.max_concurrent_streams, 50u) << way;
  }
}

TEST(EnvoyConfigDump, takes_the_new_place_where_both_are_set) {
  const auto users = cluster(R"("max_requests_per_connection":1,)" +
                             protocol(R"("common_http_protocol_options":)"
                                      R"({"max_requests_per_connection":2})"));
  EXPECT_EQ(users.max_requests_per_connection, 2u);
}

TEST(EnvoyConfigDump, reads_the_breaker_of_the_default_priority_only) {
  const auto users =
      cluster(R"("circuit_breakers":{"thresholds":[{"priority":"HIGH","max_requests":7},)"
              R"({"max_requests":5,"max_connections":"6"}]})");
  EXPECT_EQ(users.max_requests, 5u);
  EXPECT_EQ(users.max_connections, 6u);
}

TEST(EnvoyConfigDump, skips_and_counts_a_cluster_with_a_number_that_is_none) {
  const auto dump = read(R"({"configs":[{"cluster":{"name":"a","connect_timeout":"soon"}},)"
                         R"({"cluster":{"name":"b","connect_timeout":"1s"}}]})");
  EXPECT_THAT(dump.clusters, SizeIs(1));
  EXPECT_EQ(dump.unreadable, 1u);
  EXPECT_EQ(dump.unreadable_sample, "connect_timeout of cluster a");
}

TEST(EnvoyConfigDump, refuses_durations_that_are_no_time) {
  for (const std::string wrong : {"\"-1s\"", "\"nans\"", "\"1e300s\"", "\"s\"", "5", "\"5\""}) {
    EXPECT_THAT(with_cluster("\"connect_timeout\":" + wrong).clusters, IsEmpty()) << wrong;
  }
}

TEST(EnvoyConfigDump, never_shows_what_else_a_configuration_says) {
  const auto dump = read(R"({"configs":[{"cluster":{"password":"hush"}},)"
                         R"({"cluster":{"name":"a","max_requests_per_connection":"hush"}}]})");
  EXPECT_EQ(dump.unreadable, 2u);
  EXPECT_THAT(dump.unreadable_sample, testing::Not(HasSubstr("hush")));
}

TEST(EnvoyConfigDump, calls_a_nameless_listener_by_its_address) {
  const auto dump =
      read(R"({"configs":[{"active_state":{"listener":{"address":{"socket_address":)"
           R"({"address":"0.0.0.0","port_value":15006}},"default_filter_chain":{"filters":[)"
           R"({"typed_config":{"@type":"x.v3.HttpConnectionManager"}}]}}}}]})");
  ASSERT_THAT(dump.managers, SizeIs(1));
  EXPECT_EQ(dump.managers[0].listener, "0.0.0.0:15006");
}

TEST(EnvoyConfigDump, sees_filters_by_their_type_whatever_their_name) {
  const auto web =
      manager(R"("http_filters":[{"name":"a","typed_config":{"@type":)"
              R"("type.googleapis.com/envoy.extensions.filters.http.grpc_web.v3.GrpcWeb"}},)"
              R"({"name":"b","typed_config":{"@type":)"
              R"("type.googleapis.com/envoy.extensions.filters.http.cors.v3.Cors"}}])");
  EXPECT_TRUE(web.grpc_web);
  EXPECT_TRUE(web.cors);
}

TEST(EnvoyConfigDump, counts_a_policy_that_exposes_the_status) {
  const auto web = manager(with_policy(R"("allow_origin_string_match":[{"exact":"https://a"}],)"
                                       R"("expose_headers":"x-a, Grpc-Status,grpc-message")"));
  EXPECT_EQ(web.policies, (EnvoyCorsPolicies{1, 1, 1}));
}

TEST(EnvoyConfigDump, counts_a_policy_that_exposes_everything) {
  const auto web =
      manager(with_policy(R"("allow_origin_string_match":[{"prefix":""}],"expose_headers":"*")"));
  EXPECT_EQ(web.policies, (EnvoyCorsPolicies{1, 1, 1}));
}

TEST(EnvoyConfigDump, counts_a_policy_that_hides_half_of_the_status) {
  const auto web = manager(
      with_policy(R"("allow_origin_string_match":[{"prefix":""}],"expose_headers":"grpc-status")"));
  EXPECT_EQ(web.policies, (EnvoyCorsPolicies{1, 1, 0}));
}

TEST(EnvoyConfigDump, counts_a_policy_without_origins) {
  const auto web = manager(with_policy(R"("expose_headers":"*")"));
  EXPECT_EQ(web.policies, (EnvoyCorsPolicies{1, 0, 0}));
}

TEST(EnvoyConfigDump, finds_policies_of_routes_in_their_old_place) {
  const auto dump = read(
      R"({"configs":[{"route_config":{"name":"9391","virtual_hosts":[{"routes":[{"route":{"cors":)"
      R"({"allow_origin_string_match":[{"exact":"a"}]}}}]}]}}]})");
  ASSERT_THAT(dump.routes, SizeIs(1));
  EXPECT_EQ(dump.routes[0].name, "9391");
  EXPECT_EQ(dump.routes[0].policies, (EnvoyCorsPolicies{1, 1, 0}));
}

TEST(EnvoyConfigDump, takes_no_configuration_for_what_it_is) {
  EXPECT_EQ(read("{}\n"), EnvoyConfigDump{});
}

TEST(EnvoyConfigDump, refuses_what_is_no_dump) {
  EXPECT_EQ(refusal(""), "config_dump is empty");
  EXPECT_THAT(refusal("[]"), HasSubstr("no JSON object"));
  EXPECT_THAT(refusal("FieldMask could not be applied"), HasSubstr("no JSON object"));
  EXPECT_EQ(refusal(R"({"configs":5})"), "config_dump: `configs` is no array");
}

}  // namespace
}  // namespace mesh::envoy_config_dump_test
