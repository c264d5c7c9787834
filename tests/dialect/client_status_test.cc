// From states of resources to counts: what changed between two looks, and what did not.
#include "dialect/client_status.h"

#include <gtest/gtest.h>

#include <string>

namespace mesh::client_status_test {
namespace {

constexpr const char* cluster = "envoy.config.cluster.v3.Cluster";

class ClientStatusTest : public testing::Test {
 protected:
  // "accepted rejected failed" after a look that shows the cluster so.
  std::string after(ConfigStatus status, const std::string& version,
                    const std::string& refused = "") {
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
  EXPECT_EQ(after(ConfigStatus::requested, ""), "0 0 0");
  EXPECT_EQ(after(ConfigStatus::acked, "1"), "1 0 0");
  EXPECT_EQ(after(ConfigStatus::acked, "1"), "1 0 0");
  EXPECT_EQ(after(ConfigStatus::acked, "2"), "2 0 0");
}

TEST_F(ClientStatusTest, counts_each_refused_version_once) {
  after(ConfigStatus::acked, "1");
  EXPECT_EQ(after(ConfigStatus::nacked, "1", "2"), "1 1 0");
  EXPECT_EQ(after(ConfigStatus::nacked, "1", "2"), "1 1 0");
  EXPECT_EQ(after(ConfigStatus::nacked, "1", "3"), "1 2 0");
  EXPECT_EQ(after(ConfigStatus::acked, "1"), "2 2 0") << "back to what it had is accepted";
}

TEST_F(ClientStatusTest, takes_what_is_refused_at_first_for_refused) {
  EXPECT_EQ(after(ConfigStatus::nacked, "", "1"), "0 1 0");
}

TEST_F(ClientStatusTest, counts_what_was_not_brought) {
  EXPECT_EQ(after(ConfigStatus::does_not_exist, ""), "0 0 1");
  EXPECT_EQ(after(ConfigStatus::does_not_exist, ""), "0 0 1");
  EXPECT_EQ(after(ConfigStatus::timeout, ""), "0 0 2");
}

TEST_F(ClientStatusTest, forgets_what_is_listed_no_more_and_passes_over_unknown_types) {
  after(ConfigStatus::acked, "1");
  ClientStatus other;
  other.resources.push_back({"some.other.Type", "users", "1", ConfigStatus::acked, "", ""});
  follower_.enter(other);
  EXPECT_EQ(counts(), "");
  EXPECT_EQ(after(ConfigStatus::acked, "1"), "1 0 0");
}

TEST_F(ClientStatusTest, takes_a_resource_that_is_listed_for_each_target_once) {
  ClientStatus look;
  for (int i = 0; i < 3; ++i)
    look.resources.push_back({cluster, "users", "1", ConfigStatus::acked, "", ""});
  follower_.enter(look);
  EXPECT_EQ(counts(), "1 0 0");
}

TEST_F(ClientStatusTest, takes_a_control_planes_words_for_the_same) {
  EXPECT_EQ(after(ConfigStatus::not_sent, ""), "0 0 0");
  EXPECT_EQ(after(ConfigStatus::stale, "1"), "0 0 0");
  EXPECT_EQ(after(ConfigStatus::synced, "1"), "1 0 0");
  EXPECT_EQ(after(ConfigStatus::error, "1", "2"), "1 1 0");
  EXPECT_EQ(after(ConfigStatus::error, "1", "2"), "1 1 0");
}

TEST_F(ClientStatusTest, tells_the_clients_of_a_control_plane_apart) {
  ClientStatus look;
  look.resources.push_back({cluster, "users", "1", ConfigStatus::synced, "", "", "web-0"});
  look.resources.push_back({cluster, "users", "1", ConfigStatus::error, "2", "too new", "web-1"});
  look.resources.push_back({cluster, "", "", ConfigStatus::stale, "", "", "web-2"});
  follower_.enter(look);
  const ControlPlaneReading reading = follower_.reading();
  ASSERT_EQ(reading.resources.size(), 3u);
  EXPECT_EQ(reading.resources[0].name, "web-0: users");
  EXPECT_EQ(reading.resources[0].accepted, 1u);
  EXPECT_EQ(reading.resources[1].name, "web-1: users");
  EXPECT_EQ(reading.resources[1].rejected, 1u);
  EXPECT_EQ(reading.resources[1].why, "too new");
  EXPECT_EQ(reading.resources[2].name, "web-2");
  EXPECT_EQ(reading.statuses,
            (std::vector<ConfigStatusCount>{{ConfigKind::cds, ConfigStatus::synced, 1},
                                            {ConfigKind::cds, ConfigStatus::stale, 1},
                                            {ConfigKind::cds, ConfigStatus::error, 1}}));
}

TEST_F(ClientStatusTest, tells_the_versions_that_most_have_and_the_others_together) {
  ClientStatus look;
  for (int i = 0; i < 20; ++i) {
    const std::string version = i < 10 ? "new" : std::to_string(i);
    look.resources.push_back(
        {cluster, "users-" + std::to_string(i), version, ConfigStatus::acked, "", "", ""});
  }
  look.resources.push_back({cluster, "none", "", ConfigStatus::requested, "", "", ""});
  follower_.enter(look);
  EXPECT_EQ(follower_.reading().versions,
            (std::vector<ConfigVersionCount>{{ConfigKind::cds, "new", 10},
                                             {ConfigKind::cds, "10", 1},
                                             {ConfigKind::cds, "11", 1},
                                             {ConfigKind::cds, "12", 1},
                                             {ConfigKind::cds, "13", 1},
                                             {ConfigKind::cds, "other", 6}}));
}

TEST_F(ClientStatusTest, keeps_counts_and_no_states_over_a_look_that_failed) {
  after(ConfigStatus::acked, "1");
  follower_.miss();
  EXPECT_EQ(counts(), "1 0 0");
  EXPECT_TRUE(follower_.reading().statuses.empty());
  EXPECT_TRUE(follower_.reading().versions.empty());
  EXPECT_EQ(after(ConfigStatus::acked, "1"), "1 0 0");
  EXPECT_EQ(follower_.reading().statuses.size(), 1u);
}

TEST_F(ClientStatusTest, drops_nothing_by_a_look_that_is_not_whole) {
  after(ConfigStatus::acked, "1");
  ClientStatus part;
  part.left_out = 1;
  follower_.enter(part);
  EXPECT_EQ(after(ConfigStatus::acked, "1"), "1 0 0");
}

}  // namespace
}  // namespace mesh::client_status_test
