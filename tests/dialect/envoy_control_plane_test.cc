// Links and updates out of the statistics of real proxies, recorded while their control plane came
// and went, and the oddities one by one.
#include "dialect/envoy_control_plane.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>

#include "base/limits.h"
#include "dialect/envoy_names.h"
#include "dialect/scripted_envoy.h"

namespace mesh::envoy_control_plane_test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using enum ConfigKind;

// One proxy from answer to answer.
class Heard {
 public:
  ControlPlaneReading say(std::string body) {
    body_ = std::move(body);
    reader_.read(body_, answer_);
    return control_plane_.report(reader_, answer_);
  }
  bool wants_endpoint_times() const { return control_plane_.wants_endpoint_times(); }

 private:
  std::string body_;
  StatsReader reader_;
  StatsAnswer answer_;
  EnvoyControlPlane control_plane_;
};

ControlPlaneReading said(std::string body) { return Heard().say(std::move(body)); }

std::string recorded(const std::string& file) {
  std::ifstream in(std::string(MESH_TESTS_DIR "/fixtures/") + file, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(in), {}};
  EXPECT_NE(text, "") << file;
  return text;
}

ConfigResource of(const ControlPlaneReading& reading, ConfigKind kind) {
  const auto it = std::ranges::find(reading.resources, kind, &ConfigResource::kind);
  return it == reading.resources.end() ? ConfigResource{} : *it;
}

class Recorded : public testing::TestWithParam<const char*> {
 protected:
  static ControlPlaneReading moment(const std::string& name) {
    return said(recorded(std::string("envoy/") + GetParam() + "/control_plane/" + name + ".txt"));
  }
};
INSTANTIATE_TEST_SUITE_P(Envoy, Recorded, testing::Values("1.40.0", "1.36.2"));

TEST_P(Recorded, one_that_never_was_is_there_and_cut) {
  const ControlPlaneReading reading = moment("never_connected");
  EXPECT_THAT(reading.links, ElementsAre(LinkReading{ConfigKind::ads, "", false}));
  ASSERT_THAT(reading.resources, SizeIs(1));
  EXPECT_EQ(reading.resources[0].accepted, 0u);
  EXPECT_GT(reading.resources[0].attempts, 0u);
  EXPECT_GT(reading.resources[0].failed, 0u);
}

TEST_P(Recorded, a_connected_one_has_links_and_what_came_over_them) {
  const ControlPlaneReading reading = moment("connected");
  EXPECT_THAT(reading.links, ElementsAre(LinkReading{ConfigKind::ads, "", true},
                                         LinkReading{sds, "default", true}));
  EXPECT_EQ(of(reading, cds).accepted, 1u);
  EXPECT_EQ(of(reading, lds).accepted, 1u);
  EXPECT_EQ(of(reading, sds).accepted, 1u);
  EXPECT_EQ(of(reading, sds).name, "default");
  EXPECT_GT(of(reading, sds).expires.value_or(0), 1'795'000'000u);
  EXPECT_GT(of(reading, cds).last_update, 1'795'000'000'000u);
}

TEST_P(Recorded, a_rejected_update_is_counted_and_the_link_stays) {
  const ControlPlaneReading reading = moment("rejected");
  EXPECT_EQ(of(reading, cds).rejected, 1u);
  EXPECT_EQ(of(reading, cds).accepted, 1u);
  EXPECT_TRUE(reading.links[0].connected);
}

TEST_P(Recorded, a_killed_one_is_cut_and_a_returned_one_is_not) {
  EXPECT_THAT(moment("cut").links, ElementsAre(LinkReading{ConfigKind::ads, "", false},
                                               LinkReading{sds, "default", false}));
  EXPECT_GT(of(moment("cut"), sds).failed, 0u);
  EXPECT_THAT(moment("back").links, ElementsAre(LinkReading{ConfigKind::ads, "", true},
                                                LinkReading{sds, "default", true}));
}

TEST(EnvoyControlPlane, one_that_reads_its_secrets_from_files_has_no_link) {
  const ControlPlaneReading reading = said(recorded("envoy/1.40.0/client/stats_usedonly.txt"));
  EXPECT_THAT(reading.links, IsEmpty());
  EXPECT_THAT(reading.resources, SizeIs(2));  // the secrets
}

TEST(EnvoyControlPlane, consul_has_one_link_for_all) {
  const ControlPlaneReading reading = said(recorded("consul/1.20.6/stats.txt"));
  EXPECT_THAT(reading.links, ElementsAre(LinkReading{ConfigKind::ads, "", true}));
  EXPECT_THAT(reading.resources, SizeIs(2));
  EXPECT_EQ(of(reading, cds).last_update, 1'795'464'948'084u);
}

TEST(EnvoyControlPlane, istio_has_a_link_per_secret_beside) {
  const ControlPlaneReading reading = said(recorded("istio/1.31-dev/stats_all.txt"));
  EXPECT_THAT(reading.links,
              ElementsAre(LinkReading{ConfigKind::ads, "", true}, LinkReading{sds, "ROOTCA", true},
                          LinkReading{sds, "default", true}));
  EXPECT_EQ(of(reading, rds).name, "outbound_127.0.0.1_9391;.rds.9391");
}

TEST(EnvoyControlPlane, istio_shows_updates_and_no_link_by_default) {
  const ControlPlaneReading reading = said(recorded("istio/1.31-dev/stats_default.txt"));
  EXPECT_THAT(reading.links, IsEmpty());
  EXPECT_EQ(of(reading, cds).accepted, 1u);
}

TEST(EnvoyControlPlane, the_end_of_a_secret_is_found_under_its_other_spelling) {
  const ControlPlaneReading reading = said(recorded("spire/1.13.3/stats.txt"));
  ASSERT_THAT(reading.resources, SizeIs(2));
  EXPECT_EQ(reading.resources[1].name, "spiffe_mesh.test/orders");
  EXPECT_TRUE(reading.resources[1].expires);
}

TEST(EnvoyControlPlane, of_endpoints_a_rejection_is_read_and_no_dns_look_up) {
  Heard heard;
  EXPECT_THAT(
      heard.say("cluster.users.update_success: 5\ncluster.users.update_failure: 1\n").resources,
      IsEmpty());
  EXPECT_FALSE(heard.wants_endpoint_times());
  const std::string rejected = "cluster.a.b;.update_rejected: 1\n";
  EXPECT_THAT(heard.say(rejected).resources,
              ElementsAre(ConfigResource{eds, "a.b", 0, 0, 1, 0, 0, {}}));
  EXPECT_TRUE(heard.wants_endpoint_times());
  EXPECT_THAT(
      heard.say(rejected + "cluster.a.b;.update_time: 7\ncluster.c.update_time: 8\n").resources,
      ElementsAre(ConfigResource{eds, "a.b", 0, 0, 1, 0, 7, {}}));
}

TEST(EnvoyControlPlane, other_kinds_of_discovery_are_none_of_ours) {
  EXPECT_EQ(said("http.in.vhds.control_plane.connected_state: 0\n"
                 "runtime.control_plane.connected_state: 0\n"
                 "control_plane.pending_requests: 3\nhttp.in.update_success: 1\n"
                 "sds.: 1\nsds..update_success: 1\n.update_success: 1\n"),
            ControlPlaneReading{});
}

TEST(EnvoyControlPlane, links_of_every_kind_are_read) {
  EXPECT_THAT(said("cluster_manager.cds.control_plane.connected_state: 1\n"
                   "listener_manager.lds.control_plane.connected_state: 0\n"
                   "http.in.rds.r.control_plane.connected_state: 1\n"
                   "cluster.users.control_plane.connected_state: 1\n")
                  .links,
              ElementsAre(LinkReading{cds, "", true}, LinkReading{lds, "", false},
                          LinkReading{rds, "in.rds.r", true}, LinkReading{eds, "users", true}));
}

TEST(EnvoyControlPlane, numbers_move_while_the_layout_stays) {
  Heard heard;
  heard.say("cluster_manager.cds.update_success: 1\ncontrol_plane.connected_state: 1\n");
  const auto reading =
      heard.say("cluster_manager.cds.update_success: 2\ncontrol_plane.connected_state: 0\n");
  EXPECT_EQ(of(reading, cds).accepted, 2u);
  EXPECT_FALSE(reading.links[0].connected);
}

TEST(EnvoyControlPlane, a_damaged_answer_is_not_complete) {
  EXPECT_FALSE(said("cluster_manager.cds.update_success: x\n").complete);
}

TEST(EnvoyControlPlane, invented_names_are_bounded) {
  std::string body;
  for (std::size_t i = 0; i < limits::config_resources_per_target + 5; ++i) {
    const std::string name = "sds.s" + std::to_string(i);
    body += name + ".control_plane.connected_state: 1\n" + name + ".update_success: 1\n";
  }
  const ControlPlaneReading reading = said(body);
  EXPECT_THAT(reading.links, SizeIs(limits::config_resources_per_target));
  EXPECT_THAT(reading.resources, SizeIs(limits::config_resources_per_target));
}

// ---- whole conversations ----

TEST_F(EnvoyConversationTest, readings_have_the_control_plane) {
  bodies_["/stats"] = stats(19, 2) + "control_plane.connected_state: 1\n";
  EXPECT_THAT(readings().control_plane.links, ElementsAre(LinkReading{ConfigKind::ads, "", true}));
}

TEST_F(EnvoyConversationTest, the_time_of_endpoints_is_asked_for_once_some_were_rejected) {
  const auto question = [&] {
    std::string path;
    Step step = conversation_->begin(now_);
    path = std::get<Request>(step).path;
    now_ += std::chrono::seconds(15);
    (void)conversation_->hear(answer("/stats"));
    return path;
  };
  bodies_["/stats"] = stats(19, 2) + "cluster.users.update_rejected: 1\n";
  const std::string first = question();
  const std::string second = question();
  EXPECT_GT(second.size(), first.size());
  EXPECT_LT(second.size(), limits::request_target_bytes);
  EXPECT_THAT(second, HasSubstr("update_time%29%24"));
}

}  // namespace
}  // namespace mesh::envoy_control_plane_test
