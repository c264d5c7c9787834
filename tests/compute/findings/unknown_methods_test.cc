// The finding about calls to methods that the server does not have.
#include "compute/unknown_methods.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "compute/findings/all.h"

namespace mesh::unknown_methods_test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

struct Count {
  std::string service, method, code;
  std::uint64_t calls;
};

std::shared_ptr<TargetState> counting(std::string mesh, std::string pod, Direction direction,
                                      const std::vector<Count>& counts) {
  auto state = std::make_shared<TargetState>();
  state->up = true;
  state->target.mesh = std::move(mesh);
  state->target.ns = "shop";
  state->target.workload = "users";
  state->target.pod = std::move(pod);
  std::vector<SeriesKey> keys;
  for (const Count& one : counts) {
    keys.push_back({Counted::calls, direction, "", "", one.service, one.method, one.code});
    state->traffic.increases.push_back(one.calls);
    state->traffic.totals.push_back(one.calls);
  }
  state->traffic.keys = std::make_shared<const std::vector<SeriesKey>>(std::move(keys));
  return state;
}

std::shared_ptr<TargetState> sidecar(const std::vector<Count>& counts) {
  return counting("istio", "users-0", Direction::inbound, counts);
}

class UnknownMethods : public testing::Test {
 protected:
  // A server of users.Users with Get and List, and what counts its calls.
  std::vector<Finding> found(std::vector<std::shared_ptr<TargetState>> counting) const {
    Snapshot snapshot;
    auto server = std::make_shared<TargetState>();
    server->target.mesh = "proxyless";
    server->target.ns = "shop";
    server->target.workload = "users";
    server->target.pod = "users-0";
    server->declared = std::make_shared<const DeclaredMethods>(declared_);
    snapshot.targets.push_back(server);
    for (auto& one : counting) snapshot.targets.push_back(std::move(one));
    std::vector<Finding> all;
    unknown_methods_called.find(snapshot, {}, all);
    return all;
  }

  std::vector<std::string> words(std::vector<std::shared_ptr<TargetState>> counting) const {
    std::vector<std::string> words;
    for (const Finding& one : found(std::move(counting))) {
      words.push_back(std::string(to_string(one.severity)) + " " + one.where + ": " + one.cause);
    }
    return words;
  }

  DeclaredMethods declared_{{{"users.Users", "Get"}, {"users.Users", "List"}}, 0, 0};
};

TEST_F(UnknownMethods, are_named_with_their_counts_and_who_called) {
  auto client = counting("istio", "web-0", Direction::outbound,
                         {{"users.Users", "Fetch", "UNIMPLEMENTED", 30}});
  client->target.workload = "web";
  const std::vector<Count> counts{{"users.Users", "Get", "OK", 100},
                                  {"users.Users", "Fetch", "UNIMPLEMENTED", 30},
                                  {"users.Users", "Fetch", "UNAVAILABLE", 2},
                                  {"old.Users", "Get", "UNIMPLEMENTED", 7}};
  EXPECT_THAT(words({sidecar(counts), client}),
              ElementsAre("warning shop/users: 37 calls answered UNIMPLEMENTED: the server does "
                          "not have the methods users.Users/Fetch, old.Users/Get (no such "
                          "service); seen at shop/web-0"));
  const Finding finding = found({sidecar(counts)}).at(0);
  EXPECT_THAT(finding.evidence, ElementsAre(Evidence{"unimplemented", 37, Unit::count},
                                            Evidence{"calls", 39, Unit::count},
                                            Evidence{"unknown_methods", 2, Unit::count},
                                            Evidence{"of_unknown_services", 1, Unit::count}));
  EXPECT_EQ(finding.whose.workload, "users");
  EXPECT_EQ(finding.whose.pod, "");
  EXPECT_EQ(finding.whose.mesh, "istio");
}

TEST_F(UnknownMethods, are_not_all_named_if_there_are_many) {
  std::vector<Count> counts;
  for (const char* name : {"A", "B", "C", "D", "E"}) {
    counts.push_back({"users.Users", name, "UNIMPLEMENTED", 10});
  }
  EXPECT_THAT(words({sidecar(counts)}),
              ElementsAre(HasSubstr("users.Users/A, users.Users/B, users.Users/C and others")));
}

// What the server declares has its place before what others invent.
TEST_F(UnknownMethods, are_those_without_a_name_as_well) {
  auto client =
      counting("istio", "web-0", Direction::outbound, {{"other", "other", "UNIMPLEMENTED", 30}});
  EXPECT_THAT(words({sidecar({{"other", "other", "UNIMPLEMENTED", 30}}), client}),
              ElementsAre("warning shop/users: 30 calls answered UNIMPLEMENTED: the server does "
                          "not have methods beyond limits.methods_per_upstream (names not kept)"));
  EXPECT_THAT(words({sidecar({{"users.Users", "Fetch", "UNIMPLEMENTED", 20},
                              {"other", "other", "UNIMPLEMENTED", 30}})}),
              ElementsAre(HasSubstr("methods users.Users/Fetch, methods beyond limits")));
}

TEST_F(UnknownMethods, are_none_without_the_proof) {
  const std::vector<Count> innocent[] = {
      // It has the method, and has not written it yet.
      {{"users.Users", "Get", "UNIMPLEMENTED", 30}},
      // Reflection does not show it, or it is a newer build: it is there.
      {{"users.Users", "Fetch", "OK", 1}, {"users.Users", "Fetch", "UNIMPLEMENTED", 30}},
      // Somebody on the way failed.
      {{"users.Users", "Fetch", "UNAVAILABLE", 30}},
      // Tools that try what there is.
      {{"grpc.health.v1.Health", "Check", "UNIMPLEMENTED", 30}},
      {{"grpc.reflection.v1.ServerReflection", "ServerReflectionInfo", "UNIMPLEMENTED", 30}},
      // Too many names to tell them apart, of which one is there; none, and too few calls.
      {{"other", "other", "UNIMPLEMENTED", 30}, {"other", "other", "OK", 1}},
      {{"", "", "UNIMPLEMENTED", 30}},
      {{"users.Users", "Fetch", "UNIMPLEMENTED", 4}},
  };
  for (const auto& counts : innocent) EXPECT_THAT(words({sidecar(counts)}), IsEmpty());
}

TEST_F(UnknownMethods, are_not_known_where_not_all_methods_are) {
  const std::vector<Count> counts{{"users.Users", "Fetch", "UNIMPLEMENTED", 30}};
  declared_.untold = 1;
  EXPECT_THAT(words({sidecar(counts)}), IsEmpty());
  declared_ = {declared_.methods, 1, 0};
  EXPECT_THAT(words({sidecar(counts)}), IsEmpty());
  declared_ = {};
  EXPECT_THAT(words({sidecar(counts)}), IsEmpty());
}

TEST_F(UnknownMethods, are_those_that_no_pod_of_the_workload_has) {
  auto newer = std::make_shared<TargetState>();
  newer->target = sidecar({})->target;
  newer->target.mesh = "proxyless";
  newer->declared =
      std::make_shared<const DeclaredMethods>(DeclaredMethods{{{"users.Users", "Fetch"}}, 0, 0});
  EXPECT_THAT(words({sidecar({{"users.Users", "Fetch", "UNIMPLEMENTED", 30}}), newer}), IsEmpty());
  auto elsewhere = sidecar({{"users.Users", "Fetch", "UNIMPLEMENTED", 30}});
  elsewhere->target.workload = "orders";
  EXPECT_THAT(words({elsewhere}), IsEmpty());
}

TEST_F(UnknownMethods, are_counted_once_where_sidecar_and_application_see_them) {
  const std::vector<Count> counts{{"users.Users", "Fetch", "UNIMPLEMENTED", 30}};
  const auto application = counting("app", "users-0", Direction::inbound, counts);
  EXPECT_THAT(words({application, sidecar(counts)}), ElementsAre(HasSubstr("30 calls answered")));
  EXPECT_THAT(words({application}), ElementsAre(HasSubstr("30 calls answered")));
}

TEST_F(UnknownMethods, are_no_news_of_a_sidecar_that_does_not_answer_any_more) {
  auto silent = sidecar({{"users.Users", "Fetch", "UNIMPLEMENTED", 30}});
  silent->up = false;
  EXPECT_THAT(words({silent}), IsEmpty());
}

TEST_F(UnknownMethods, have_names_that_may_be_shown) {
  const auto all = words(
      {sidecar({{"users.Users", "a\nb\x1b[2J" + std::string(300, 'x'), "UNIMPLEMENTED", 30}})});
  ASSERT_THAT(all, SizeIs(1));
  EXPECT_LT(all[0].size(), 250u);
  EXPECT_EQ(all[0].find_first_of("\n\x1b"), std::string::npos);
}

}  // namespace
}  // namespace mesh::unknown_methods_test
