// When a proxy is asked for its configuration, for what of it, and what of it is kept.
#include <gmock/gmock.h>

#include "base/limits.h"
#include "dialect/scripted_envoy.h"

namespace mesh::envoy_settings_test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

const std::string users_name = "outbound|50051||users.shop.svc.cluster.local";

// Statistics of a sidecar with these connections to users, after so many changes.
std::string in_use(int connections = 1, int changes = 1) {
  return stats(19, 2) + users + ".upstream_cx_total: " + std::to_string(connections) + "\n" +
         "cluster_manager.cluster_added: " + std::to_string(changes) + "\n";
}

std::string users_dump(const std::string& fields) {
  return R"({"configs":[{"cluster":{"name":")" + users_name + "\"," + fields + "}}]}";
}

class EnvoySettingsTest : public EnvoyConversationTest {
 protected:
  EnvoySettingsTest() {
    bodies_["/stats"] = in_use();
    bodies_["/config_dump"] = users_dump(R"("connect_timeout":"10s")");
  }

  // The first poll asks who this is and for everything else that is dear, so it asks no more.
  void after_first_poll() {
    readings();
    EXPECT_THAT(asked_, Not(Contains("/config_dump")));
  }
  Readings audited() {
    after_first_poll();
    return readings();
  }

  // Polls for this long; how many of them asked for the configuration.
  int rounds_within(Duration span) {
    int rounds = 0;
    for (const Instant end = now_ + span; now_ < end;) {
      readings();
      rounds += std::ranges::find(asked_, "/config_dump") != asked_.end();
    }
    return rounds;
  }
};

TEST_F(EnvoySettingsTest, are_asked_once_nothing_else_that_is_dear_is_asked) {
  const Readings found = audited();
  ASSERT_TRUE(found.settings.has_value());
  UpstreamSettings settings;
  settings.upstream = "users.shop.svc.cluster.local:50051";
  settings.connect_timeout_ms = 10'000;
  EXPECT_THAT(found.settings->upstreams, ElementsAre(settings));
  EXPECT_THAT(found.heard, Contains("/config_dump"));
  EXPECT_THAT(found.partial, IsEmpty());
}

TEST_F(EnvoySettingsTest, are_asked_for_by_a_mask_and_read_within_a_bound) {
  audited();
  ASSERT_THAT(requests_, SizeIs(3));
  EXPECT_THAT(requests_[1].path,
              HasSubstr("?resource=static_clusters&mask=cluster.name,cluster.connect_timeout"));
  EXPECT_EQ(requests_[2].path, "/config_dump?resource=static_listeners");
  EXPECT_EQ(requests_[2].max_bytes, limits::config_dump_bytes);
}

TEST_F(EnvoySettingsTest, are_asked_again_after_ten_minutes_only) {
  audited();
  EXPECT_EQ(rounds_within(std::chrono::minutes(9)), 0);
  EXPECT_EQ(rounds_within(std::chrono::minutes(10)), 1);
}

TEST_F(EnvoySettingsTest, are_asked_again_a_minute_after_a_change) {
  audited();
  bodies_["/stats"] = in_use(1, 2);
  EXPECT_EQ(rounds_within(std::chrono::seconds(40)), 0);
  EXPECT_EQ(rounds_within(std::chrono::minutes(5)), 1);
}

TEST_F(EnvoySettingsTest, are_not_asked_of_a_proxy_that_nobody_uses) {
  bodies_["/stats"] = stats(0, 0);
  after_first_poll();
  EXPECT_EQ(rounds_within(std::chrono::minutes(1)), 0);
}

TEST_F(EnvoySettingsTest, are_asked_of_the_control_planes_clusters_where_there_are_any) {
  bodies_["/clusters"] = R"({"cluster_statuses":[{"name":"xds-grpc"},{"name":")" + users_name +
                         R"(","added_via_api":true}]})";
  bodies_["/stats"] += "cluster.xds-grpc.upstream_cx_total: 1\n";
  const Readings found = audited();
  EXPECT_THAT(requests_[1].path, HasSubstr("?resource=dynamic_active_clusters&mask="));
  EXPECT_THAT(requests_[2].path, HasSubstr("?resource=dynamic_listeners"));
  ASSERT_TRUE(found.settings.has_value());
  EXPECT_THAT(found.settings->upstreams, SizeIs(1));
}

TEST_F(EnvoySettingsTest, are_asked_name_by_name_where_there_are_many_clusters) {
  std::string many = clusters(21);
  many.erase(many.size() - 2);
  for (int i = 0; i < 200; ++i) many += R"(,{"name":"idle-)" + std::to_string(i) + "\"}";
  bodies_["/clusters"] = many + "]}";
  audited();
  EXPECT_THAT(requests_[1].path,
              HasSubstr("&name_regex=outbound%5C%7C50051%5C%7C%5C%7Cusers%5C.shop%5C.svc"));
}

TEST_F(EnvoySettingsTest, take_a_few_questions_a_poll_and_are_told_when_all_are_answered) {
  std::string many = "{\"cluster_statuses\":[", numbers = stats(19, 2);
  for (int i = 0; i < 120; ++i) {
    const std::string name = std::string("c").append(std::to_string(i));
    many += "{\"name\":\"" + name + "\"},";
    if (i < 6) numbers += "cluster." + name + ".upstream_cx_total: 1\n";
  }
  many.back() = ']';
  bodies_["/clusters"] = many + "}";
  bodies_["/stats"] = numbers;
  const Readings half = audited();
  EXPECT_FALSE(half.settings.has_value());
  EXPECT_EQ(std::ranges::count(asked_, "/config_dump"), 4);
  const Readings whole = readings();
  EXPECT_TRUE(whole.settings.has_value());
  EXPECT_EQ(std::ranges::count(asked_, "/config_dump"), 3);
}

TEST_F(EnvoySettingsTest, are_not_asked_while_the_proxy_is_given_a_rest) {
  after_first_poll();
  now_ += std::chrono::seconds(15);
  readings();
  EXPECT_THAT(asked_, Not(Contains("/config_dump")));
  readings();
  EXPECT_THAT(asked_, Contains("/config_dump"));
}

TEST_F(EnvoySettingsTest, that_are_refused_are_left_alone_for_an_hour) {
  statuses_["/config_dump"] = 403;
  const Readings refused = audited();
  EXPECT_FALSE(refused.settings.has_value());
  ASSERT_THAT(refused.partial, SizeIs(1));
  EXPECT_EQ(refused.partial[0].reason, Reason::forbidden);
  EXPECT_EQ(rounds_within(std::chrono::minutes(59)), 0);
  EXPECT_EQ(rounds_within(std::chrono::minutes(2)), 1);
}

TEST_F(EnvoySettingsTest, that_cannot_be_read_leave_the_poll_good) {
  bodies_["/config_dump"] = "FieldMask could not be successfully used.";
  const Readings found = audited();
  EXPECT_FALSE(found.settings.has_value());
  ASSERT_THAT(found.partial, SizeIs(1));
  EXPECT_THAT(found.partial[0].message, HasSubstr("/config_dump: "));
  EXPECT_TRUE(found.traffic.has_value());
}

TEST_F(EnvoySettingsTest, of_a_restarted_proxy_are_asked_anew) {
  audited();
  restart(19, 1);
  bodies_["/stats"] = in_use();
  readings();
  readings();
  EXPECT_THAT(asked_, Contains("/config_dump"));
}

TEST_F(EnvoySettingsTest, fill_in_what_the_proxy_takes_where_nothing_is_set) {
  bodies_["/config_dump"] = users_dump(R"("outlier_detection":{})");
  const Readings found = audited();
  ASSERT_TRUE(found.settings && found.settings->upstreams.size() == 1);
  EXPECT_EQ(found.settings->upstreams[0].connect_timeout_ms, 5'000u);
  EXPECT_TRUE(found.settings->upstreams[0].outlier_detection);
  EXPECT_FALSE(found.settings->upstreams[0].unlimited_requests);
}

TEST_F(EnvoySettingsTest, judge_the_origins_of_grpc_web_by_routes_that_come_by_rds) {
  const std::string type = "type.googleapis.com/envoy.extensions.filters.http.";
  const std::string manager =
      R"({"configs":[{"listener":{"name":"web","filter_chains":[{"filters":[{"typed_config":{)"
      R"("@type":"x.v3.HttpConnectionManager","rds":{"route_config_name":"shop"},"http_filters":[)"
      R"({"typed_config":{"@type":")" +
      type +
      R"(grpc_web.v3.GrpcWeb"}},)"
      R"({"typed_config":{"@type":")" +
      type + R"(cors.v3.Cors"}}]}}]}]}}]})";
  const std::string routes =
      R"({"configs":[{"route_config":{"name":"shop","typed_per_filter_config":{"c":{"@type":")" +
      type + R"(cors.v3.CorsPolicy","allow_origin_string_match":[{"exact":"a"}]}}}}]})";
  after_first_poll();
  on_question_ = [&](const std::string& page) {
    if (page != "/config_dump") return;
    const std::string& path = requests_.back().path;
    const bool of_routes = path.find("=dynamic_route_configs") != std::string::npos;
    const bool of_listeners = path.find("=static_listeners") != std::string::npos;
    bodies_[page] = of_routes ? routes : of_listeners ? manager : "{}";
  };
  const Readings found = readings();
  EXPECT_EQ(requests_.back().path, "/config_dump?resource=dynamic_route_configs&name_regex=shop");
  ASSERT_TRUE(found.settings && found.settings->listeners.size() == 1);
  EXPECT_EQ(found.settings->listeners[0].listener, "web");
  EXPECT_EQ(found.settings->listeners[0].web_origins, WebOrigins::status_hidden);
}

TEST(EnvoySettingsWanted, are_never_asked_where_the_audit_is_off) {
  Config config;
  config.audit = false;
  Target target;
  target.admin = Address{"127.0.0.1", 9901, ""};
  const auto conversation = find_dialect("envoy")->open(target, config);
  Instant now = Instant{} + std::chrono::hours(1);
  for (int poll = 0; poll < 4; ++poll, now += std::chrono::seconds(15)) {
    Step step = conversation->begin(now);
    while (const auto* request = std::get_if<Request>(&step)) {
      const std::string page = request->path.substr(0, request->path.find('?'));
      EXPECT_NE(page, "/config_dump");
      const std::string body = page == "/stats"         ? in_use()
                               : page == "/server_info" ? server_info(5000 + poll * 15)
                               : page == "/clusters"    ? clusters(21)
                                                        : "{}";
      step = conversation->hear(Response{200, body, 1, now, now + std::chrono::milliseconds(1)});
    }
    EXPECT_TRUE(std::holds_alternative<Readings>(step));
  }
}

}  // namespace
}  // namespace mesh::envoy_settings_test
