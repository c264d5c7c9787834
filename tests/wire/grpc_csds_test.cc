// What xDS clients say of their configuration: a real one, content and discontent, and damaged
// ones.
#include "wire/grpc_csds.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/limits.h"
#include "support/grpc_answers.h"
#include "support/proto_bytes.h"

namespace mesh::grpc_csds_test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

ClientStatus status_in(const char* fixture) {
  const auto status = read_client_status(answers_to(fixture, "/FetchClientStatus").at(0));
  EXPECT_TRUE(status) << fixture;
  return status ? *status : ClientStatus{};
}

const std::string cluster_type = "type.googleapis.com/envoy.config.cluster.v3.Cluster";

std::string resource(const std::string& type, const std::string& rest = "") {
  return field(3, field(1, type) + rest);
}

TEST(GrpcCsds, reads_what_a_real_client_accepted) {
  const ClientStatus status = status_in("python_1.85_xds.txt");
  EXPECT_THAT(
      status.resources,
      ElementsAre(XdsResource{"envoy.config.listener.v3.Listener", "users", "l1",
                              ConfigStatus::acked, "", "", "users-client"},
                  XdsResource{"envoy.config.cluster.v3.Cluster", "users-cluster", "c1",
                              ConfigStatus::acked, "", "", "users-client"},
                  XdsResource{"envoy.config.endpoint.v3.ClusterLoadAssignment", "users-cluster",
                              "e1", ConfigStatus::acked, "", "", "users-client"}));
}

TEST(GrpcCsds, reads_what_a_real_client_refused_and_why) {
  const ClientStatus status = status_in("python_1.85_xds_refused.txt");
  ASSERT_THAT(status.resources, SizeIs(3));
  const XdsResource& cluster = status.resources[1];
  EXPECT_EQ(cluster.status, ConfigStatus::nacked);
  EXPECT_EQ(cluster.version, "c1");
  EXPECT_EQ(cluster.refused_version, "c2");
  EXPECT_THAT(cluster.details, testing::StartsWith("invalid resource: errors validating Cluster"));
}

std::string client(const std::string& id, const std::string& rest) {
  return field(1, field(1, field(1, id)) + rest);
}

TEST(GrpcCsds, reads_what_a_control_plane_says_of_its_clients) {
  const auto status = read_client_status(
      client("web-0", resource(cluster_type, field(2, "users") + field(3, "v7") + field(6, 1)) +
                          resource(cluster_type, field(2, "orders") + field(6, 3))) +
      client("web-1", resource(cluster_type, field(6, 2)) +
                          resource(cluster_type, field(6, 4) + field(8, field(4, "v8"))) +
                          resource(cluster_type, field(6, 9))));
  ASSERT_TRUE(status);
  std::vector<std::string> told;
  for (const XdsResource& one : status->resources) {
    told.push_back(one.client + " " + one.name + " " + std::string(to_string(one.status)));
  }
  EXPECT_THAT(told, ElementsAre("web-0 users synced", "web-0 orders stale", "web-1  not_sent",
                                "web-1  error", "web-1  unknown"));
  EXPECT_EQ(status->resources[0].version, "v7");
  EXPECT_EQ(status->resources[3].refused_version, "v8");
}

// ---- the older form ----

std::string any(const std::string& name) { return field(2, field(2, field(1, name))); }

TEST(GrpcCsds, reads_the_dumps_of_the_older_form) {
  const std::string refused = field(3, "no such cluster") + field(4, "l2");
  const std::string listeners =
      field(1, "l1") +
      field(3, field(1, "users") + field(2, field(1, "l0")) + field(5, refused) + field(6, 4)) +
      field(3, field(1, "orders") + field(6, 3));
  const std::string clusters = field(1, "c1") +
                               field(3, field(1, "c0") + any("users") + field(5, 3)) +
                               field(4, any("orders") + field(5, 1));
  const std::string routes = field(3, field(1, "r1") + any("r") + field(5, 2));
  const std::string endpoints = field(3, field(1, "e1") + any("users"));
  const auto status = read_client_status(
      client("web", field(2, field(2, listeners)) + field(2, field(3, clusters)) +
                        field(2, field(4, routes)) + field(2, field(7, 2) + field(6, endpoints))));
  ASSERT_TRUE(status);
  const std::string listener = "envoy.config.listener.v3.Listener",
                    cluster = "envoy.config.cluster.v3.Cluster",
                    route = "envoy.config.route.v3.RouteConfiguration",
                    endpoint = "envoy.config.endpoint.v3.ClusterLoadAssignment";
  using enum ConfigStatus;
  EXPECT_THAT(
      status->resources,
      ElementsAre(XdsResource{listener, "users", "l0", nacked, "l2", "no such cluster", "web"},
                  XdsResource{listener, "orders", "l1", acked, "", "", "web"},
                  XdsResource{cluster, "users", "c0", acked, "", "", "web"},
                  XdsResource{cluster, "orders", "c1", requested, "", "", "web"},
                  XdsResource{route, "r", "r1", does_not_exist, "", "", "web"},
                  XdsResource{endpoint, "users", "e1", acked, "", "", "web"}))
      << "the endpoints say nothing, and their kind as a whole does";
  EXPECT_EQ(status->unreadable, 0u);
}

TEST(GrpcCsds, reads_of_a_kind_how_it_stands_as_a_whole) {
  const auto status = read_client_status(
      client("web", field(2, field(1, 3) + field(3, field(1, "c1"))) +
                        field(2, field(1, 1) + field(5, "")) + field(2, field(1, 1))));
  ASSERT_TRUE(status);
  ASSERT_THAT(status->resources, SizeIs(2));
  EXPECT_EQ(status->resources[0], (XdsResource{"envoy.config.cluster.v3.Cluster", "", "c1",
                                               ConfigStatus::stale, "", "", "web"}));
  EXPECT_EQ(status->resources[1].status, ConfigStatus::synced);
  EXPECT_EQ(status->unreadable, 1u) << "of what kind is not told";
}

TEST(GrpcCsds, reads_one_form_where_both_are_there) {
  const auto status = read_client_status(
      client("web", field(2, field(1, 1) + field(3, "")) + resource(cluster_type, field(6, 3))));
  ASSERT_TRUE(status);
  ASSERT_THAT(status->resources, SizeIs(1));
  EXPECT_EQ(status->resources[0].status, ConfigStatus::stale);
}

TEST(GrpcCsds, bounds_what_it_reads_of_the_older_form) {
  const std::size_t most = limits::config_resources_per_target;
  std::string elements, kinds, clients;
  for (std::size_t i = 0; i < most + 5; ++i) {
    elements += field(3, "");
    kinds += field(2, "");
    clients += field(1, "");
  }
  const auto of_elements = read_client_status(field(1, field(2, field(3, elements))));
  ASSERT_TRUE(of_elements);
  EXPECT_THAT(of_elements->resources, SizeIs(most));
  EXPECT_EQ(of_elements->left_out, 5u);
  const auto of_kinds = read_client_status(field(1, kinds));
  ASSERT_TRUE(of_kinds);
  EXPECT_EQ(of_kinds->unreadable, most);
  EXPECT_EQ(of_kinds->left_out, 5u);
  EXPECT_EQ(read_client_status(clients)->left_out, 5u);
  EXPECT_FALSE(read_client_status(field(1, field(2, field(3, field(3, "") + "\x1a\x7f")))));
}

TEST(GrpcCsds, asks_for_no_resources) {
  for (const GrpcAnswer& one : grpc_answers("python_1.85_xds.txt")) {
    if (one.path != csds_path) continue;
    EXPECT_EQ(one.question, csds_question());
  }
}

TEST(GrpcCsds, bounds_what_it_reads) {
  std::string many;
  for (std::size_t i = 0; i < limits::config_resources_per_target + 5; ++i) {
    many += resource(cluster_type);
  }
  const auto status = read_client_status(field(1, many));
  ASSERT_TRUE(status);
  EXPECT_THAT(status->resources, SizeIs(limits::config_resources_per_target));
  EXPECT_EQ(status->left_out, 5u);
  const auto long_words = read_client_status(
      field(1, resource(cluster_type, field(8, field(3, std::string(9'000, '\n'))))));
  ASSERT_TRUE(long_words);
  EXPECT_LE(long_words->resources.at(0).details.size(), limits::csds_details_bytes);
  EXPECT_EQ(long_words->resources.at(0).details[0], '?');
}

TEST(GrpcCsds, counts_what_it_cannot_read) {
  const auto status = read_client_status(
      field(1, resource("") + field(3, "\xff") + resource(cluster_type, field(7, 99))));
  ASSERT_TRUE(status);
  EXPECT_EQ(status->unreadable, 2u);
  EXPECT_EQ(status->resources.at(0).status, ConfigStatus::unknown);
  EXPECT_FALSE(read_client_status("\xff"));
  EXPECT_FALSE(read_client_status(field(1, "\xff")));
  EXPECT_THAT(read_client_status("")->resources, IsEmpty());
}

}  // namespace
}  // namespace mesh::grpc_csds_test
