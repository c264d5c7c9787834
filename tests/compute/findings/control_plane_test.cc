// Findings about the control plane: a snapshot in, what is wrong out, in words.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "compute/findings.h"

namespace mesh::control_plane_test {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using std::chrono::sys_seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using enum ConfigKind;

constexpr sys_seconds noon{seconds(1'800'000'000)};

LinkState cut(ConfigKind kind, std::string name = "", std::uint64_t looks = 2,
              seconds since = seconds(0)) {
  return {kind, std::move(name), false, true, noon + since, looks};
}

TargetState sidecar(std::vector<LinkState> links, std::optional<seconds> cascade = {},
                    seconds life = hours(24)) {
  TargetState state;
  state.target.ns = "shop";
  state.target.pod = "users-0";
  state.control_plane.links = std::move(links);
  if (cascade) {
    state.control_plane.cascade = Cascade{noon + *cascade, noon + *cascade - life, "spiffe://a"};
  }
  return state;
}

std::vector<Finding> all(TargetState state, seconds after_noon = seconds(0)) {
  Snapshot snapshot;
  snapshot.targets = {std::make_shared<const TargetState>(std::move(state))};
  return findings(snapshot, noon + after_noon);
}

// "severity name: where: cause" of each.
std::vector<std::string> found(TargetState state, seconds after_noon = seconds(0)) {
  std::vector<std::string> lines;
  for (const Finding& one : all(std::move(state), after_noon)) {
    lines.push_back(std::string(to_string(one.severity)) + " " + std::string(one.name) + ": " +
                    one.where + ": " + one.cause);
  }
  return lines;
}

TEST(ControlPlaneUnreachable, is_silent_while_all_is_connected) {
  EXPECT_THAT(found(sidecar({{ConfigKind::ads, "", true, true, {}, 0}})), IsEmpty());
}

TEST(ControlPlaneUnreachable, is_not_stated_for_one_look) {
  EXPECT_THAT(found(sidecar({cut(ConfigKind::ads, "", 1)})), IsEmpty());
}

TEST(ControlPlaneUnreachable, tells_since_when_and_when_certificates_run_out) {
  EXPECT_THAT(found(sidecar({cut(ConfigKind::ads)}, hours(20)), minutes(5)),
              ElementsAre("warning control_plane_unreachable: shop/users-0: no connection to the "
                          "control plane (ads) for 5m; leaf spiffe://a runs out in 19h55m, and "
                          "from then on new connections fail"));
}

TEST(ControlPlaneUnreachable, is_critical_below_a_third_of_the_leafs_life) {
  const TargetState state = sidecar({cut(ConfigKind::ads)}, hours(20));
  EXPECT_THAT(found(state, hours(12)), ElementsAre(HasSubstr("warning")));
  EXPECT_THAT(found(state, hours(12) + seconds(1)), ElementsAre(HasSubstr("critical")));
}

TEST(ControlPlaneUnreachable, is_critical_within_two_hours) {
  const TargetState state = sidecar({cut(ConfigKind::ads)}, hours(3), hours(3));
  EXPECT_THAT(found(state, hours(1)), ElementsAre(HasSubstr("warning")));
  EXPECT_THAT(found(state, hours(1) + seconds(1)), ElementsAre(HasSubstr("critical")));
}

TEST(ControlPlaneUnreachable, tells_of_what_has_happened) {
  EXPECT_THAT(found(sidecar({cut(ConfigKind::ads)}, hours(1)), hours(2)),
              ElementsAre("critical control_plane_unreachable: shop/users-0: no connection to the "
                          "control plane (ads) for 2h; leaf spiffe://a ran out 1h ago: new "
                          "connections fail"));
}

TEST(ControlPlaneUnreachable, names_the_issuer_and_its_secrets) {
  EXPECT_THAT(found(sidecar({cut(ConfigKind::ads, "", 2, seconds(60)), cut(sds, "ROOTCA"),
                             cut(sds, "default")}),
                    minutes(2)),
              ElementsAre("warning control_plane_unreachable: shop/users-0: no connection to the "
                          "control plane (ads) and to the issuer of certificates (sds ROOTCA, "
                          "default) for 2m; it goes on with what it has"));
}

TEST(ControlPlaneUnreachable, names_three_of_many) {
  std::vector<LinkState> links;
  for (const char* name : {"a", "b", "c", "d", "e"}) links.push_back(cut(sds, name));
  EXPECT_THAT(found(sidecar(std::move(links))), ElementsAre(HasSubstr("(sds a, b, c and 2 more)")));
}

TEST(ControlPlaneUnreachable, tells_that_there_never_was_an_answer) {
  LinkState link = cut(ConfigKind::ads);
  link.ever_answered = false;
  EXPECT_THAT(found(sidecar({link}), minutes(1)),
              ElementsAre(HasSubstr("for 1m, and no answer since the proxy began; it goes on")));
}

TEST(ControlPlaneUnreachable, has_its_numbers_as_evidence) {
  const auto one = all(sidecar({cut(ConfigKind::ads)}, hours(20)), minutes(5)).at(0);
  EXPECT_THAT(one.evidence, ElementsAre(Evidence{"links_cut", 1, Unit::count},
                                        Evidence{"cut_for", 300, Unit::seconds},
                                        Evidence{"remaining", 19 * 3600 + 55 * 60, Unit::seconds},
                                        Evidence{"cascade", 1'800'072'000, Unit::unix_seconds}));
  EXPECT_EQ(one.since, WallTime(noon));
}

TEST(ControlPlaneUnreachable, has_a_remedy_in_the_words_of_the_mesh) {
  TargetState state = sidecar({cut(sds, "default")});
  EXPECT_THAT(all(state).at(0).remedy, HasSubstr("spire-agent healthcheck"));
  state.target.mesh = "istio";
  EXPECT_THAT(all(state).at(0).remedy, HasSubstr("ends at the pilot-agent"));
  state.target.mesh = "consul";
  EXPECT_THAT(all(state).at(0).remedy, HasSubstr("consul members"));
  state.target.mesh = "linkerd";
  EXPECT_THAT(all(state).at(0).remedy, HasSubstr("linkerd check"));
}

TEST(ConfigRejected, tells_which_resource_and_how_often) {
  TargetState state = sidecar({});
  state.control_plane.rejected = {{cds, "", 3, noon}, {rds, "in.rds.a", 1, noon + minutes(4)}};
  state.control_plane.updates = {{cds, 7, 3, 0, noon - hours(1)}};
  const auto list = all(state, minutes(5));
  ASSERT_THAT(list, SizeIs(2));
  EXPECT_EQ(list[0].cause,
            "clusters: 3 updates rejected by the proxy, the first 5m ago, and none accepted since");
  EXPECT_EQ(
      list[1].cause,
      "routes (in.rds.a): 1 update rejected by the proxy, the first 1m ago, and none accepted "
      "since");
  EXPECT_EQ(list[0].subject, "cds");
  EXPECT_EQ(list[0].severity, Severity::warning);
  EXPECT_THAT(
      list[0].evidence,
      ElementsAre(Evidence{"rejected", 3, Unit::count}, Evidence{"resources", 1, Unit::count},
                  Evidence{"last_accepted", 1'799'996'400, Unit::unix_seconds}));
}

TEST(ConfigRejected, says_why_in_the_words_of_an_xds_client) {
  TargetState state = sidecar({});
  state.target.mesh = "proxyless";
  state.control_plane.rejected = {{cds, "users", 1, noon, "no such type"}};
  const auto list = all(state, minutes(5));
  ASSERT_THAT(list, SizeIs(1));
  EXPECT_EQ(list[0].cause,
            "clusters (users): 1 update rejected by the client, the first 5m ago, and none "
            "accepted since; in its words: \"no such type\"");
  EXPECT_THAT(list[0].remedy, HasSubstr("Take back the last change"));
}

TEST(ConfigRejected, names_three_of_many) {
  TargetState state = sidecar({});
  for (const char* name : {"a", "b", "c", "d"}) {
    state.control_plane.rejected.push_back({eds, name, 1, noon});
  }
  EXPECT_THAT(found(state), ElementsAre(HasSubstr("endpoints (a, b, c and 1 more): 4 updates")));
}

TEST(ConfigRejected, leaves_secrets_to_rotation_failing) {
  TargetState state = sidecar({});
  state.control_plane.rejected = {{sds, "default", 1, noon}};
  EXPECT_THAT(found(state), IsEmpty());
}

TEST(ConfigRejected, has_a_remedy_in_the_words_of_the_mesh) {
  TargetState state = sidecar({});
  state.control_plane.rejected = {{cds, "", 1, noon}};
  EXPECT_THAT(all(state).at(0).remedy, HasSubstr("Take back the last change"));
  state.target.mesh = "istio";
  EXPECT_THAT(all(state).at(0).remedy, HasSubstr("EnvoyFilter"));
  state.target.mesh = "consul";
  EXPECT_THAT(all(state).at(0).remedy, HasSubstr("proxy-defaults"));
}

}  // namespace
}  // namespace mesh::control_plane_test
