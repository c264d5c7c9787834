// From states of resources to counts: what changed between two looks, and what did not.
#include "dialect/client_status.h"

#include <gtest/gtest.h>

#include <string>

namespace mesh {
namespace {

constexpr const char* cluster = "envoy.config.cluster.v3.Cluster";

class ClientStatusTest : public testing::Test {
 protected:
  // "accepted rejected failed" after a look that shows the cluster so.
  std::string after(XdsStatus status, const std::string& version, const std::string& refused = "") {
    ClientStatus look;
    look.resources.push_back({cluster, "users", version, status, refused, ""});
    follower_.enter(look);
    return counts();
  }

  std::string counts() const {
    const auto resources = follower_.reading().resources;
    if (resources.empty()) return "";
    const ConfigResource& one = resources[0];
    EXPECT_EQ(one.attempts, one.accepted + one.rejected + one.failed);
    return std::to_string(one.accepted)
        .append(" ")
        .append(std::to_string(one.rejected))
        .append(" ")
        .append(std::to_string(one.failed));
  }

  ClientStatusFollower follower_;
};

TEST_F(ClientStatusTest, counts_versions_that_were_accepted) {
  EXPECT_EQ(after(XdsStatus::requested, ""), "0 0 0");
  EXPECT_EQ(after(XdsStatus::acked, "1"), "1 0 0");
  EXPECT_EQ(after(XdsStatus::acked, "1"), "1 0 0");
  EXPECT_EQ(after(XdsStatus::acked, "2"), "2 0 0");
}

TEST_F(ClientStatusTest, counts_each_refused_version_once) {
  after(XdsStatus::acked, "1");
  EXPECT_EQ(after(XdsStatus::nacked, "1", "2"), "1 1 0");
  EXPECT_EQ(after(XdsStatus::nacked, "1", "2"), "1 1 0");
  EXPECT_EQ(after(XdsStatus::nacked, "1", "3"), "1 2 0");
  EXPECT_EQ(after(XdsStatus::acked, "1"), "2 2 0") << "back to what it had is accepted";
}

TEST_F(ClientStatusTest, takes_what_is_refused_at_first_for_refused) {
  EXPECT_EQ(after(XdsStatus::nacked, "", "1"), "0 1 0");
}

TEST_F(ClientStatusTest, counts_what_was_not_brought) {
  EXPECT_EQ(after(XdsStatus::does_not_exist, ""), "0 0 1");
  EXPECT_EQ(after(XdsStatus::does_not_exist, ""), "0 0 1");
  EXPECT_EQ(after(XdsStatus::timeout, ""), "0 0 2");
}

TEST_F(ClientStatusTest, forgets_what_is_listed_no_more_and_passes_over_unknown_types) {
  after(XdsStatus::acked, "1");
  ClientStatus other;
  other.resources.push_back({"some.other.Type", "users", "1", XdsStatus::acked, "", ""});
  follower_.enter(other);
  EXPECT_EQ(counts(), "");
  EXPECT_EQ(after(XdsStatus::acked, "1"), "1 0 0");
}

TEST_F(ClientStatusTest, takes_a_resource_that_is_listed_for_each_target_once) {
  ClientStatus look;
  for (int i = 0; i < 3; ++i)
    look.resources.push_back({cluster, "users", "1", XdsStatus::acked, "", ""});
  follower_.enter(look);
  EXPECT_EQ(counts(), "1 0 0");
}

}  // namespace
}  // namespace mesh
