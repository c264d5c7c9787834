// When /clusters is asked, and for what.
#include "dialect/envoy_endpoints.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mesh::envoy_endpoints_test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

EnvoyHost host(std::string address, std::uint64_t requests) {
  EnvoyHost host;
  host.address = std::move(address);
  host.requests_total = requests;
  return host;
}

EnvoyCluster cluster(std::string name, std::vector<EnvoyHost> hosts) {
  EnvoyCluster cluster;
  cluster.stat_name = name;
  cluster.name = std::move(name);
  cluster.hosts = std::move(hosts);
  return cluster;
}

EnvoyClusters two_clusters() {
  return {
      {cluster("a.b", {host("10.0.0.1:80", 5)}), cluster("c", {host("10.0.0.2:80", 7)})}, 0, ""};
}

// Knows a.b and c at digest 1 each.
EnvoyEndpoints settled() {
  EnvoyEndpoints endpoints;
  const auto question = endpoints.question({{"a.b", 1}, {"c", 1}}, true);
  endpoints.enter(*question, two_clusters());
  return endpoints;
}

TEST(EnvoyEndpoints, asks_for_the_whole_list_at_first) {
  EnvoyEndpoints endpoints;
  EXPECT_FALSE(endpoints.known());
  EXPECT_EQ(endpoints.question({}, true),
            (ClustersQuestion{"/clusters?format=json", true, true, {}}));
  EXPECT_EQ(endpoints.question({}, false), (ClustersQuestion{"/clusters", false, true, {}}));
}

TEST(EnvoyEndpoints, asks_nothing_while_nothing_moves) {
  EnvoyEndpoints endpoints = settled();
  EXPECT_EQ(endpoints.question({{"a.b", 1}, {"c", 1}}, true), std::nullopt);
}

TEST(EnvoyEndpoints, asks_only_for_what_moved_with_a_quoted_and_anchored_filter) {
  EnvoyEndpoints endpoints = settled();
  const auto question = endpoints.question({{"a.b", 2}, {"c", 1}}, true);
  ASSERT_TRUE(question);
  EXPECT_EQ(question->path, "/clusters?format=json&filter=%5E%28%3F%3Aa%5C.b%29%24");
  EXPECT_THAT(question->asked, ElementsAre("a.b"));
}

TEST(EnvoyEndpoints, what_was_not_asked_keeps_its_last_answer) {
  EnvoyEndpoints endpoints = settled();
  const auto question = endpoints.question({{"a.b", 2}, {"c", 1}}, true);
  endpoints.enter(*question, {{cluster("a.b", {host("10.0.0.1:80", 6)})}, 0, ""});
  EXPECT_THAT(endpoints.requests().values, ElementsAre(6, 0, 0, 7, 0, 0));
  EXPECT_EQ(endpoints.question({{"a.b", 2}, {"c", 1}}, true), std::nullopt);
}

TEST(EnvoyEndpoints, a_called_cluster_without_statistics_is_asked_in_every_poll) {
  EnvoyEndpoints endpoints;
  endpoints.enter(
      *endpoints.question({{"a.b", 1}}, true),
      {{cluster("a.b", {host("10.0.0.1:80", 5)}), cluster("c", {host("10.0.0.2:80", 7)}),
        cluster("never called", {host("10.0.0.3:80", 0)}), cluster("empty", {})},
       0,
       ""});
  for (std::uint64_t requests = 8; requests < 11; ++requests) {
    const auto question = endpoints.question({{"a.b", 1}}, true);
    ASSERT_TRUE(question);
    EXPECT_THAT(question->asked, ElementsAre("c"));
    endpoints.enter(*question, {{cluster("c", {host("10.0.0.2:80", requests)})}, 0, ""});
  }
}

TEST(EnvoyEndpoints, where_clusters_are_silent_the_whole_list_comes_every_few_polls) {
  EnvoyEndpoints endpoints;
  const EnvoyClusters quiet{{cluster("c", {host("10.0.0.2:80", 0)})}, 0, ""};
  endpoints.enter(*endpoints.question({}, true), quiet);
  int asked = 0;
  for (int poll = 0; poll < 8; ++poll) {
    const auto question = endpoints.question({}, true);
    if (!question) continue;
    EXPECT_TRUE(question->whole);
    endpoints.enter(*question, quiet);
    ++asked;
  }
  EXPECT_EQ(asked, 2);
}

TEST(EnvoyEndpoints, a_long_list_does_not_come_more_often_for_its_silent_clusters) {
  EnvoyEndpoints endpoints;
  EnvoyClusters many;
  for (int i = 0; i < 201; ++i) {
    many.clusters.push_back(cluster("c" + std::to_string(i), {host("10.0.0.2:80", 0)}));
  }
  endpoints.enter(*endpoints.question({}, true), many);
  int asked = 0;
  for (int poll = 0; poll < 40; ++poll) {
    if (!endpoints.question({}, true)) continue;
    endpoints.enter({"", true, true, {}}, many);
    ++asked;
  }
  EXPECT_EQ(asked, 1);
}

TEST(EnvoyEndpoints, a_failed_question_is_asked_again) {
  EnvoyEndpoints endpoints = settled();
  const auto first = endpoints.question({{"a.b", 2}, {"c", 1}}, true);
  EXPECT_EQ(endpoints.question({{"a.b", 2}, {"c", 1}}, true), first);
}

TEST(EnvoyEndpoints, a_host_that_left_is_gone) {
  EnvoyEndpoints endpoints = settled();
  const auto question = endpoints.question({{"a.b", 2}, {"c", 1}}, true);
  endpoints.enter(*question, {{cluster("a.b", {host("10.0.0.9:80", 1)})}, 0, ""});
  ASSERT_EQ(endpoints.states().size(), 2u);
  EXPECT_EQ(endpoints.states()[0].address, "10.0.0.9:80");
}

TEST(EnvoyEndpoints, without_the_filter_the_whole_list_comes_as_text_every_few_polls) {
  EnvoyEndpoints endpoints = settled();
  int asked = 0;
  for (std::uint64_t poll = 2; poll < 10; ++poll) {
    const auto question = endpoints.question({{"a.b", poll}, {"c", 1}}, false);
    if (!question) continue;
    EXPECT_EQ(question->path, "/clusters");
    endpoints.enter(*question, two_clusters());
    ++asked;
  }
  EXPECT_EQ(asked, 2);
}

TEST(EnvoyEndpoints, a_new_cluster_brings_the_whole_list_but_not_in_every_poll) {
  EnvoyEndpoints endpoints = settled();
  int asked = 0;
  for (std::uint64_t poll = 0; poll < 8; ++poll) {
    const auto question =
        endpoints.question({{"a.b", 1}, {"c", 1}, {"new" + std::to_string(poll), 1}}, true);
    if (!question) continue;
    EXPECT_TRUE(question->whole);
    endpoints.enter(*question, two_clusters());
    ++asked;
  }
  EXPECT_EQ(asked, 2);
}

TEST(EnvoyEndpoints, the_whole_list_is_asked_now_and_then_when_all_is_quiet) {
  EnvoyEndpoints endpoints = settled();
  int asked = 0;
  for (int poll = 0; poll < 80; ++poll) {
    const auto question = endpoints.question({{"a.b", 1}, {"c", 1}}, true);
    if (!question) continue;
    endpoints.enter(*question, two_clusters());
    ++asked;
  }
  EXPECT_EQ(asked, 2);
}

TEST(EnvoyEndpoints, a_question_is_bounded_and_the_rest_follows) {
  EnvoyEndpoints endpoints;
  EnvoyClusters many;
  std::vector<ClusterActivity> before, after;
  for (int i = 0; i < 500; ++i) {
    const std::string name = "cluster-with-a-long-name-" + std::to_string(i);
    many.clusters.push_back(cluster(name, {host("10.0.0.1:80", 1)}));
    before.push_back({name, 1});
    after.push_back({name, 2});
  }
  endpoints.enter(*endpoints.question(before, true), many);
  std::size_t asked = 0;
  int questions = 0;
  while (const auto question = endpoints.question(after, true)) {
    ASSERT_LT(question->path.size(), 9000u);
    asked += question->asked.size();
    EnvoyClusters answer;
    for (const std::string& name : question->asked) {
      answer.clusters.push_back(cluster(name, {host("10.0.0.1:80", 2)}));
    }
    endpoints.enter(*question, std::move(answer));
    ASSERT_LT(++questions, 10);
  }
  EXPECT_EQ(asked, 500u);
}

// Requests, failures and connections of it.
TEST(EnvoyEndpoints, one_address_in_two_localities_is_counted_once) {
  EnvoyEndpoints endpoints;
  const auto question = endpoints.question({}, true);
  EnvoyHost first = host("10.0.0.1:80", 5), second = host("10.0.0.1:80", 6);
  first.requests_failed = first.connections_total = second.connections_total = 1;
  endpoints.enter(*question, {{cluster("a", {first, second})}, 0, ""});
  EXPECT_THAT(endpoints.requests().values, ElementsAre(11, 1, 2));
}

TEST(EnvoyEndpoints, have_a_weight_and_a_place) {
  EnvoyEndpoints endpoints;
  const auto question = endpoints.question({}, true);
  EnvoyHost far = host("10.0.0.1:80", 5);
  far.weight = 3;
  far.priority = 1;
  far.requests_active = 2;
  far.region = "eu";
  far.zone = "b";
  endpoints.enter(*question, {{cluster("a", {far, host("10.0.0.2:80", 6)})}, 0, ""});
  const EndpointReading& reading = endpoints.states().at(0);
  EXPECT_EQ(reading.weight, 3u);
  EXPECT_EQ(reading.priority, 1u);
  EXPECT_EQ(reading.requests_active, 2u);
  EXPECT_EQ(reading.locality, "eu/b/");
  EXPECT_EQ(endpoints.states().at(1).locality, "");
}

TEST(EnvoyEndpoints, health_becomes_one_state) {
  EnvoyHost draining = host("a", 0), ejected = host("b", 0), sick = host("c", 0),
            well = host("d", 0);
  draining.draining = draining.ejected = true;
  ejected.ejected = ejected.failed_health_check = true;
  sick.failed_health_check = true;
  EnvoyEndpoints endpoints;
  const auto question = endpoints.question({}, true);
  endpoints.enter(*question, {{cluster("x", {draining, ejected, sick, well})}, 0, ""});
  std::vector<EndpointState> states;
  for (const EndpointReading& reading : endpoints.states()) states.push_back(reading.state);
  EXPECT_THAT(states, ElementsAre(EndpointState::draining, EndpointState::ejected,
                                  EndpointState::unhealthy, EndpointState::ready));
}

TEST(EnvoyEndpoints, statistics_call_a_cluster_by_its_observability_name) {
  EnvoyEndpoints endpoints;
  const auto question = endpoints.question({}, true);
  EnvoyCluster renamed = cluster("outbound|80||a.b", {});
  renamed.stat_name = "outbound|80||a.b;";
  endpoints.enter(*question, {{renamed}, 0, ""});
  EXPECT_EQ(endpoints.stat_names(), NameSet{"outbound|80||a.b"});
}

}  // namespace
}  // namespace mesh::envoy_endpoints_test
