// Who a proxy says it is.
#include "wire/envoy_server_info.h"

#include <gtest/gtest.h>

#include "wire/fixture.h"

namespace mesh::envoy_server_info_test {
namespace {

using std::chrono::seconds;

// A minimal answer with one field's JSON in place of the uptime or in addition to it.
EnvoyServerInfo read(const std::string& fields) {
  auto info = parse_envoy_server_info(R"({"uptime_current_epoch":"6s",)" + fields + "}");
  EXPECT_TRUE(info.ok());
  return info ? *info : EnvoyServerInfo{};
}

std::string refusal(std::string_view body) {
  auto info = parse_envoy_server_info(body);
  return info ? "accepted" : info.error().message;
}

TEST(EnvoyServerInfo, takes_the_version_from_between_commit_and_flavour) {
  const auto info = read(R"("version":"9e55/1.40.0/Clean/RELEASE/BoringSSL")");
  EXPECT_EQ(info.version, "1.40.0");
  EXPECT_EQ(info.build, "9e55/Clean/RELEASE/BoringSSL");
}

TEST(EnvoyServerInfo, takes_a_version_without_slashes_as_it_is) {
  const auto info = read(R"("version":"1.40.0-custom")");
  EXPECT_EQ(info.version, "1.40.0-custom");
  EXPECT_EQ(info.build, "");
}

TEST(EnvoyServerInfo, takes_a_version_behind_a_commit_alone) {
  const auto info = read(R"("version":"9e55/1.40.0")");
  EXPECT_EQ(info.version, "1.40.0");
  EXPECT_EQ(info.build, "9e55");
}

TEST(EnvoyServerInfo, knows_every_state) {
  EXPECT_EQ(read(R"("state":"LIVE")").state, ProxyState::live);
  EXPECT_EQ(read(R"("state":"DRAINING")").state, ProxyState::draining);
  EXPECT_EQ(read(R"("state":"PRE_INITIALIZING")").state, ProxyState::pre_initializing);
  EXPECT_EQ(read(R"("state":"INITIALIZING")").state, ProxyState::initializing);
}

TEST(EnvoyServerInfo, takes_a_state_of_the_future_for_live) {
  EXPECT_EQ(read(R"("state":"DREAMING")").state, ProxyState::live);
}

TEST(EnvoyServerInfo, floors_an_uptime_with_a_fraction) {
  auto info = parse_envoy_server_info(R"({"uptime_current_epoch":"15.75s"})");
  ASSERT_TRUE(info.ok());
  EXPECT_EQ(info->uptime, seconds(15));
}

TEST(EnvoyServerInfo, reads_the_restart_epoch) {
  EXPECT_EQ(read(R"("command_line_options":{"restart_epoch":3})").restart_epoch, 3u);
}

TEST(EnvoyServerInfo, reads_the_node) {
  const auto info = read(R"("node":{"id":"sidecar~10.0.0.1~a.b~b","cluster":"a.b"})");
  EXPECT_EQ(info.node_id, "sidecar~10.0.0.1~a.b~b");
  EXPECT_EQ(info.node_cluster, "a.b");
  EXPECT_EQ(info.mesh_version, "");
}

TEST(EnvoyServerInfo, reads_which_istio_it_came_with) {
  EXPECT_EQ(read(R"("node":{"metadata":{"ISTIO_VERSION":"1.31.2"}})").mesh_version, "1.31.2");
  EXPECT_EQ(read(R"("node":{"metadata":{"ISTIO_VERSION":7}})").mesh_version, "");
}

TEST(EnvoyServerInfo, leaves_what_is_missing_or_of_another_type_at_its_default) {
  EnvoyServerInfo expected;
  expected.uptime = seconds(6);
  EXPECT_EQ(read(R"("node":7,"state":[],"version":null,"command_line_options":"x")"), expected);
}

TEST(EnvoyServerInfo, is_refused_without_an_uptime) {
  EXPECT_EQ(refusal("{}"), "server_info has no readable uptime_current_epoch: \"\"");
}

TEST(EnvoyServerInfo, is_refused_with_a_negative_uptime) {
  EXPECT_EQ(refusal(R"({"uptime_current_epoch":"-1s"})"),
            "server_info has no readable uptime_current_epoch: \"-1s\"");
}

TEST(EnvoyServerInfo, is_refused_with_an_uptime_longer_than_history) {
  EXPECT_EQ(refusal(R"({"uptime_current_epoch":"9223372036854775807s"})"),
            "server_info has no readable uptime_current_epoch: \"9223372036854775807s\"");
}

TEST(EnvoyServerInfo, is_refused_with_an_uptime_without_unit_or_digits) {
  EXPECT_NE(refusal(R"({"uptime_current_epoch":"15"})"), "accepted");
  EXPECT_NE(refusal(R"({"uptime_current_epoch":"15.s"})"), "accepted");
  EXPECT_NE(refusal(R"({"uptime_current_epoch":"s"})"), "accepted");
}

TEST(EnvoyServerInfo, is_refused_if_it_is_a_list) {
  EXPECT_EQ(refusal("[]"), "server_info is no JSON object");
}

TEST(EnvoyServerInfo, is_refused_if_it_is_no_json) {
  EXPECT_TRUE(refusal("<html>").starts_with("server_info is no JSON: ")) << refusal("<html>");
}

TEST(EnvoyServerInfo, is_refused_if_it_is_empty) {
  EXPECT_EQ(refusal(""), "server_info is empty");
  EXPECT_EQ(refusal(std::string_view{}), "server_info is empty");
}

TEST(EnvoyServerInfo, is_refused_if_it_was_cut) {
  EXPECT_NE(refusal(R"({"uptime_current_epoch":"6s","no)"), "accepted");
}

TEST(EnvoyServerInfo, is_refused_with_deep_nesting_and_does_not_overflow_the_stack) {
  EXPECT_NE(refusal(std::string(1 << 20, '[')), "accepted");
}

TEST(EnvoyServerInfo, reads_what_envoy_1_40_0_says) {
  auto info = parse_envoy_server_info(fixture("envoy/1.40.0/client/server_info.json"));
  ASSERT_TRUE(info.ok());
  EXPECT_EQ(info->version, "1.40.0");
  EXPECT_EQ(info->build, "9e5580933739775e8bce696a57a2e1bc99368f23/Clean/RELEASE/BoringSSL");
  EXPECT_EQ(info->state, ProxyState::live);
  EXPECT_EQ(info->node_id, "sidecar~127.0.0.1~storefront-1.shop~shop.svc.cluster.local");
  EXPECT_EQ(info->node_cluster, "storefront.shop");
  EXPECT_GT(info->uptime, seconds(0));
}

TEST(EnvoyServerInfo, reads_what_envoy_1_36_2_says) {
  auto info = parse_envoy_server_info(fixture("envoy/1.36.2/server/server_info.json"));
  ASSERT_TRUE(info.ok());
  EXPECT_EQ(info->version, "1.36.2");
  EXPECT_EQ(info->node_id, "sidecar~127.0.0.1~backend-1.shop~shop.svc.cluster.local");
}

}  // namespace
}  // namespace mesh::envoy_server_info_test
