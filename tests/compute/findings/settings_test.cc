// Findings about settings: what a sidecar's configuration says of upstreams in use, and what
// follows.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "compute/findings/all.h"

namespace mesh::settings_test {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

// Settings that nothing is wrong with.
UpstreamSettings exemplary(const std::string& upstream) {
  UpstreamSettings settings;
  settings.upstream = upstream;
  settings.connect_timeout_ms = 1'000;
  settings.outlier_detection = settings.cycles_connections = true;
  return settings;
}

// A sidecar that speaks HTTP to this upstream, of two pods.
TargetState caller(const UpstreamSettings& settings) {
  TargetState state;
  state.up = true;
  state.target.ns = "shop";
  state.target.pod = "storefront-0";
  state.target.mesh = "istio";
  UpstreamReading reading;
  reading.upstream = settings.upstream;
  reading.subset = settings.subset;
  reading.speaks_http = true;
  state.upstreams = {reading};
  EndpointReading endpoint;
  endpoint.upstream = settings.upstream;
  endpoint.subset = settings.subset;
  state.endpoints = {endpoint, endpoint};
  SettingsReading all;
  all.upstreams = {settings};
  state.settings = std::make_shared<const SettingsReading>(all);
  return state;
}

std::vector<Finding> found(const TargetState& state) {
  Snapshot snapshot;
  snapshot.targets = {std::make_shared<const TargetState>(state)};
  return findings(snapshot, WallTime{});
}

std::vector<std::string> names(const TargetState& state) {
  std::vector<std::string> all;
  for (const Finding& one : found(state)) all.emplace_back(one.name);
  return all;
}

TEST(SettingsFindings, are_silent_about_exemplary_settings) {
  EXPECT_THAT(names(caller(exemplary("users"))), IsEmpty());
}

TEST(ConnectTimeoutLong, is_told_above_five_seconds_with_the_words_of_the_mesh) {
  UpstreamSettings settings = exemplary("users");
  settings.connect_timeout_ms = 5'000;
  EXPECT_THAT(names(caller(settings)), IsEmpty());
  settings.connect_timeout_ms = 10'000;
  const auto all = found(caller(settings));
  ASSERT_THAT(all, SizeIs(1));
  EXPECT_EQ(all[0].name, "connect_timeout_long");
  EXPECT_EQ(all[0].severity, Severity::info);
  EXPECT_EQ(all[0].where, "shop/storefront-0");
  EXPECT_EQ(all[0].upstream, "users");
  EXPECT_THAT(all[0].cause, HasSubstr("users has 10 s to connect"));
  EXPECT_THAT(all[0].evidence, Contains(Evidence{"connect_timeout", 10, Unit::seconds}));
  EXPECT_THAT(all[0].remedy, HasSubstr("DestinationRule"));
}

TEST(NoOutlierDetection, is_told_where_there_is_another_endpoint) {
  UpstreamSettings settings = exemplary("users");
  settings.outlier_detection = false;
  TargetState state = caller(settings);
  EXPECT_THAT(names(state), testing::ElementsAre("no_outlier_detection"));
  state.endpoints.pop_back();
  EXPECT_THAT(names(state), IsEmpty());
}

TEST(NoConnectionCycling, is_told_of_http_only) {
  UpstreamSettings settings = exemplary("users");
  settings.cycles_connections = false;
  TargetState state = caller(settings);
  EXPECT_THAT(names(state), testing::ElementsAre("no_connection_cycling"));
  state.upstreams[0].speaks_http = false;
  EXPECT_THAT(names(state), IsEmpty());
}

TEST(BreakerUnlimited, counts_requests_or_where_bytes_are_forwarded_connections) {
  UpstreamSettings settings = exemplary("users");
  settings.unlimited_requests = true;
  TargetState state = caller(settings);
  EXPECT_THAT(names(state), testing::ElementsAre("breaker_unlimited"));
  state.upstreams[0].speaks_http = false;
  EXPECT_THAT(names(state), IsEmpty());
  settings.unlimited_connections = true;
  state = caller(settings);
  state.upstreams[0].speaks_http = false;
  EXPECT_THAT(found(state).at(0).cause, HasSubstr("without a limit on connections"));
}

TEST(StreamLimitLow, is_told_below_a_hundred) {
  UpstreamSettings settings = exemplary("users");
  settings.streams.concurrent_streams = 100;
  EXPECT_THAT(names(caller(settings)), IsEmpty());
  settings.streams.concurrent_streams = 99;
  EXPECT_THAT(names(caller(settings)), testing::ElementsAre("stream_limit_low"));
}

TEST(StreamLimitLow, is_told_of_a_listener) {
  TargetState state = caller(exemplary("users"));
  SettingsReading all = *state.settings;
  all.listeners = {{"inbound", {1, {}, {}}, WebOrigins::not_asked}};
  state.settings = std::make_shared<const SettingsReading>(all);
  const auto told = found(state);
  ASSERT_THAT(told, SizeIs(1));
  EXPECT_EQ(told[0].cause, "listener inbound lets 1 call at once into one HTTP/2 connection");
  state.up = false;
  EXPECT_THAT(names(state), IsEmpty());
}

TEST(WindowSmall, is_told_of_the_smaller_window) {
  UpstreamSettings settings = exemplary("users");
  settings.streams.stream_window_bytes = 1'048'576;
  EXPECT_THAT(names(caller(settings)), IsEmpty());
  settings.streams.connection_window_bytes = 65'535;
  const auto told = found(caller(settings));
  ASSERT_THAT(told, SizeIs(1));
  EXPECT_EQ(told[0].name, "window_small");
  EXPECT_THAT(told[0].cause, HasSubstr("receives 65535 bytes of a connection"));
}

TEST(GrpcWebCors, is_told_of_a_filter_without_origins_and_of_a_hidden_status) {
  TargetState state = caller(exemplary("users"));
  SettingsReading all = *state.settings;
  all.listeners = {{"a", {}, WebOrigins::none_allowed},
                   {"b", {}, WebOrigins::status_hidden},
                   {"c", {}, WebOrigins::allowed}};
  state.settings = std::make_shared<const SettingsReading>(all);
  const auto told = found(state);
  ASSERT_THAT(told, SizeIs(2));
  EXPECT_EQ(told[0].name, "grpc_web_cors");
  EXPECT_EQ(told[0].subject, "listener a");
  EXPECT_THAT(told[0].cause, HasSubstr("allows no origin"));
  EXPECT_THAT(told[1].cause, HasSubstr("does not expose grpc-status"));
}

TEST(SettingsFindings, are_not_told_of_an_upstream_that_is_no_longer_in_use) {
  UpstreamSettings settings = exemplary("users");
  settings.connect_timeout_ms = 10'000;
  TargetState state = caller(settings);
  state.upstreams.clear();
  EXPECT_THAT(names(state), IsEmpty());
}

TEST(SettingsFindings, are_told_one_by_one_up_to_a_bound_and_the_rest_in_one) {
  TargetState state = caller(exemplary("users"));
  SettingsReading all;
  for (int i = 0; i < 12; ++i) {
    UpstreamSettings settings = exemplary(std::string("u").append(std::to_string(i)));
    settings.connect_timeout_ms = 10'000;
    all.upstreams.push_back(settings);
    state.upstreams.push_back(state.upstreams[0]);
    state.upstreams.back().upstream = settings.upstream;
  }
  state.settings = std::make_shared<const SettingsReading>(all);
  const auto told = found(state);
  ASSERT_THAT(told, SizeIs(6));
  EXPECT_EQ(told[5].upstream, "");
  EXPECT_EQ(told[5].cause, "the same holds for 7 upstreams more");
}

}  // namespace
}  // namespace mesh::settings_test
