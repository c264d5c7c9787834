// One list of several: who is found twice is one target.
#include "discover/merge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "base/limits.h"

namespace mesh::merge_test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Target target(const std::string& ns, const std::string& pod, const std::string& host) {
  Target target;
  target.ns = ns;
  target.pod = pod;
  target.admin = Address{host, 15000, {}};
  return target;
}

std::vector<std::string> ids(const Discovered& found) {
  std::vector<std::string> all;
  for (const Target& one : found.targets) all.push_back(target_id(one));
  return all;
}

TEST(Merge, keeps_the_order_of_the_sources) {
  const std::array sources{Discovered{{target("", "b", "1.1.1.1")}, {}},
                           Discovered{{target("", "a", "1.1.1.2")}, {}}};
  EXPECT_THAT(ids(merge(sources)), ElementsAre("b", "a"));
}

TEST(Merge, takes_the_first_of_two_with_one_name) {
  const std::array sources{Discovered{{target("shop", "a", "1.1.1.1")}, {}},
                           Discovered{{target("shop", "a", "1.1.1.2")}, {}}};
  const Discovered found = merge(sources);
  EXPECT_THAT(ids(found), ElementsAre("shop/a"));
  EXPECT_EQ(found.targets[0].admin->host, "1.1.1.1");
}

TEST(Merge, takes_one_door_for_one_target_whatever_it_is_called) {
  const std::array sources{Discovered{{target("", "the-one", "1.1.1.1")}, {}},
                           Discovered{{target("shop", "a", "1.1.1.1")}, {}}};
  EXPECT_THAT(ids(merge(sources)), ElementsAre("the-one"));
}

TEST(Merge, watches_no_more_than_one_agent_can) {
  Discovered many;
  for (std::size_t i = 0; i < limits::targets + 2; ++i) {
    many.targets.push_back(target("", std::to_string(i), "1.1.1.1"));
  }
  const Discovered found = merge(std::array{many});
  EXPECT_EQ(found.targets.size(), limits::targets);
  EXPECT_EQ(found.too_many, 2u);
  ASSERT_EQ(found.not_watched.size(), 2u);
  EXPECT_EQ(found.not_watched[0].pod, "5000");
  EXPECT_EQ(found.not_watched[0].reason, "more than 5000 targets are not watched by one agent");
}

TEST(Merge, leaves_a_source_its_own_doubles) {
  const std::array sources{
      Discovered{{target("", "old-name", "1.1.1.1"), target("", "new-name", "1.1.1.1")}, {}}};
  EXPECT_THAT(ids(merge(sources)), ElementsAre("old-name", "new-name"));
}

TEST(Merge, keeps_what_is_said_of_a_target_with_it) {
  std::array sources{
      Discovered{{target("shop", "a", "1.1.1.1")}, {}},
      Discovered{{target("shop", "a", "1.1.1.2"), target("shop", "b", "1.1.1.3")}, {}}};
  sources[1].notes = {{"shop/a", {"of the other", ""}}, {"shop/b", {"its pools", ""}}};
  EXPECT_THAT(merge(sources).notes,
              ElementsAre(std::pair<const std::string, TargetNote>("shop/b", {"its pools", ""})));
}

TEST(Merge, does_not_call_unwatched_what_another_source_has_named) {
  const std::array sources{
      Discovered{{target("shop", "a", "1.1.1.1")}, {}},
      Discovered{{}, {{"", "shop", "a", "a", "no sidecar"}, {"", "shop", "b", "b", "no sidecar"}}}};
  EXPECT_THAT(merge(sources).not_watched,
              ElementsAre(NotWatched{"", "shop", "b", "b", "no sidecar"}));
}

Target page(const std::string& mesh, const std::string& pod, const std::string& host) {
  Target target;
  target.mesh = mesh;
  target.ns = "shop";
  target.pod = pod;
  target.metrics = HttpEndpoint{{host, 15020, {}}, "/stats/prometheus"};
  return target;
}

TEST(Merge, keeps_a_proxy_and_its_application_though_they_share_a_page) {
  const std::array sources{Discovered{{page("istio", "a", "1.1.1.1")}, {}},
                           Discovered{{page("app", "a", "1.1.1.1")}, {}},
                           Discovered{{page("app", "a", "1.1.1.1")}, {}}};
  EXPECT_THAT(ids(merge(sources)), ElementsAre("shop/a", "shop/a (app)"));
}

TEST(Merge, tells_of_the_one_of_a_pod_that_is_not_watched_beside_the_other) {
  const NotWatched proxy{"consul", "shop", "a", "a", "no page"};
  const NotWatched app{"app", "shop", "a", "a", "no page"};
  const NotWatched nobody{"", "shop", "a", "", "no proxy"};
  EXPECT_THAT(
      merge(std::array{Discovered{{page("app", "a", "1.1.1.1")}, {proxy, nobody}}}).not_watched,
      ElementsAre(proxy));
  EXPECT_THAT(
      merge(std::array{Discovered{{page("consul", "a", "1.1.1.1")}, {app, nobody}}}).not_watched,
      ElementsAre(app));
}

TEST(Merge, of_nothing_is_nothing) { EXPECT_THAT(merge({}).targets, IsEmpty()); }

GrpcProbe probe(const std::string& ns, const std::string& name, const std::string& host) {
  GrpcProbe probe;
  probe.name = name;
  probe.whose.ns = ns;
  probe.server.address = Address{host, 50051, {}};
  return probe;
}

TEST(Merge, asks_who_is_configured_as_that_says_and_nobody_twice) {
  std::array<Discovered, 2> sources;
  // Within one source that is what was asked for.
  sources[0].probes = {probe("shop", "a", "1.1.1.1"), probe("shop", "b", "1.1.1.1")};
  sources[1].probes = {probe("", "c", "1.1.1.1"), probe("shop", "a", "1.1.1.2"),
                       probe("", "a", "1.1.1.3"), probe("", "b", "1.1.1.3")};
  const std::vector<GrpcProbe> expected{sources[0].probes[0], sources[0].probes[1],
                                        sources[1].probes[2], sources[1].probes[3]};
  EXPECT_EQ(merge(sources).probes, expected);
}

}  // namespace
}  // namespace mesh::merge_test
