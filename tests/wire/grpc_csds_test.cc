// What xDS clients say of their configuration: a real one, content and discontent, and damaged
// ones.
#include "wire/grpc_csds.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/limits.h"
#include "support/grpc_answers.h"
#include "support/proto_bytes.h"

namespace mesh {
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
  EXPECT_EQ(status.node_id, "users-client");
  EXPECT_THAT(status.resources,
              ElementsAre(XdsResource{"envoy.config.listener.v3.Listener", "users", "l1",
                                      XdsStatus::acked, "", ""},
                          XdsResource{"envoy.config.cluster.v3.Cluster", "users-cluster", "c1",
                                      XdsStatus::acked, "", ""},
                          XdsResource{"envoy.config.endpoint.v3.ClusterLoadAssignment",
                                      "users-cluster", "e1", XdsStatus::acked, "", ""}));
}

TEST(GrpcCsds, reads_what_a_real_client_refused_and_why) {
  const ClientStatus status = status_in("python_1.85_xds_refused.txt");
  ASSERT_THAT(status.resources, SizeIs(3));
  const XdsResource& cluster = status.resources[1];
  EXPECT_EQ(cluster.status, XdsStatus::nacked);
  EXPECT_EQ(cluster.version, "c1");
  EXPECT_EQ(cluster.refused_version, "c2");
  EXPECT_THAT(cluster.details, testing::StartsWith("invalid resource: errors validating Cluster"));
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
  EXPECT_EQ(status->resources.at(0).status, XdsStatus::unknown);
  EXPECT_FALSE(read_client_status("\xff"));
  EXPECT_FALSE(read_client_status(field(1, "\xff")));
  EXPECT_THAT(read_client_status("")->resources, IsEmpty());
}

}  // namespace
}  // namespace mesh
