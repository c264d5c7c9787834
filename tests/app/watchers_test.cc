// A configuration that changes under the watchers: who keeps what is known, and that what is
// replaced while it still waits for something can do no harm when that comes.
#include "app/watchers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <fstream>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "support/fake_admin.h"

namespace mesh::watchers_test {
namespace {

using std::chrono::milliseconds;
using support::FakeAdmin;
using ::testing::ElementsAre;
using ::testing::Pair;
namespace habits = support::habits;

class WatchersTest : public ::testing::Test {
 protected:
  WatchersTest() {
    config_.poll = {milliseconds(50), milliseconds(40), milliseconds(10'000), milliseconds(10'000),
                    4};
    config_.targets = {refusing("one"), refusing("two")};
  }

  // Nobody listens on port 1.
  static Target refusing(const std::string& pod) {
    Target target;
    target.pod = pod;
    target.admin = Address{"127.0.0.1", 1, ""};
    return target;
  }

  void start() {
    watchers_.emplace(io_.get_executor(), config_);
    watchers_->start([](std::exception_ptr) {});
  }

  std::map<std::string, std::uint64_t> refusals() const {
    std::map<std::string, std::uint64_t> refusals;
    const auto snapshot = watchers_->snapshot();
    for (const auto& state : snapshot->targets) {
      refusals[state->target.pod] = state->failures[static_cast<std::size_t>(Reason::connect)];
    }
    return refusals;
  }

  bool until(const std::function<bool()>& condition) {
    const Instant deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!condition()) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      io_.run_one_for(milliseconds(100));
    }
    return true;
  }

  Config config_;
  boost::asio::io_context io_{1};
  std::optional<Watchers> watchers_;
};

TEST_F(WatchersTest, who_is_listed_as_before_keeps_what_was_counted) {
  start();
  ASSERT_TRUE(until([&] { return refusals().at("one") >= 2; }));
  const auto before = refusals();
  config_.targets = {refusing("three"), refusing("one")};
  EXPECT_EQ(watchers_->change(config_), "");
  EXPECT_THAT(refusals(), ElementsAre(Pair("one", before.at("one")), Pair("three", 0u)));
  EXPECT_TRUE(until([&] { return refusals().at("three") >= 1; }));
}

TEST_F(WatchersTest, targets_begin_anew_where_they_are_asked_otherwise) {
  start();
  ASSERT_TRUE(until([&] { return refusals().at("one") >= 2; }));
  config_.poll.interval = milliseconds(60);
  EXPECT_EQ(watchers_->change(config_), "targets");
  EXPECT_THAT(refusals(), ElementsAre(Pair("one", 0u), Pair("two", 0u)));
  EXPECT_TRUE(until([&] { return refusals().at("one") >= 2; }));
}

TEST_F(WatchersTest, a_list_from_a_file_is_found_before_the_change_is_over) {
  start();
  config_.targets.clear();
  const std::string list = ::testing::TempDir() + "watchers_test_list.json";
  std::ofstream(list) << R"([{"targets": ["127.0.0.1:1"], "labels": {"pod": "listed"}}])";
  config_.discovery.files = {list};
  EXPECT_EQ(watchers_->change(config_), "");
  EXPECT_THAT(refusals(), ElementsAre(Pair("listed", 0u)));
}

// Nobody answers, so that something is being waited for whenever a part is replaced: a poll, a
// handshake, the API server, a look at files. Sanitizers see whatever comes back to one that is
// gone.
TEST_F(WatchersTest, what_is_replaced_while_it_waits_is_not_missed) {
  FakeAdmin silent;
  silent.on_accept(habits::never_answer);
  config_.poll.timeout = milliseconds(200);
  config_.targets = {refusing("one")};
  config_.targets[0].admin = silent.address();
  CertificateEndpoint door;
  door.name = "door";
  door.port.address = silent.address();
  start();
  for (int i = 0; i < 12; ++i) {
    config_.poll.interval = milliseconds(51 + i);
    config_.certificates.timeout = milliseconds(200 + i);
    config_.certificates.endpoints = {door};
    config_.certificates.files = {{{MESH_TESTS_DIR "/fixtures/*.pem"}, "", "", {}}};
    config_.discovery.files = {MESH_TESTS_DIR "/fixtures/" + std::to_string(i) + "*.json"};
    config_.discovery.kubernetes.node_name = "node-" + std::to_string(i);
    config_.discovery.kubernetes.kubeconfig = MESH_TESTS_DIR "/fixtures/none.yaml";
    EXPECT_EQ(watchers_->change(config_), "targets, certificates");
    io_.run_for(milliseconds(5 * i));
  }
  EXPECT_TRUE(until([&] { return watchers_->all_looked(); }));
  EXPECT_EQ(watchers_->snapshot()->targets.size(), 1u);
  EXPECT_EQ(watchers_->snapshot()->tls_endpoints.size(), 1u);
}

// The name of a mesh as it is shown: that of the one who answered at last.
TEST_F(WatchersTest, an_unknown_target_is_watched_as_what_it_says_it_is) {
  FakeAdmin admin;
  admin.on("/metrics", habits::page("control_identity_cert_refreshes_total 0\n"));
  config_.targets = {refusing("a"), refusing("b")};
  for (Target& one : config_.targets) one.mesh = unknown_mesh;
  config_.targets[0].admin = admin.address();
  start();
  const auto mesh_of = [&](std::size_t i) {
    return watchers_->snapshot()->targets.at(i)->target.mesh;
  };
  EXPECT_EQ(mesh_of(0), "");
  ASSERT_TRUE(until([&] { return mesh_of(0) == "linkerd"; }));
  ASSERT_TRUE(until([&] { return watchers_->snapshot()->targets.at(0)->up; }));
  EXPECT_EQ(mesh_of(1), "");
  // It is known for as long as it is found there.
  config_.targets.pop_back();
  EXPECT_EQ(watchers_->change(config_), "");
  EXPECT_EQ(mesh_of(0), "linkerd");
  config_.targets[0].admin = refusing("a").admin;
  EXPECT_EQ(watchers_->change(config_), "");
  EXPECT_EQ(mesh_of(0), "");
}

TEST_F(WatchersTest, the_kubelet_is_asked_from_a_change_on_and_not_asked_from_another_on) {
  const auto sources = [&] {
    std::vector<std::string> names;
    for (const auto& one : watchers_->snapshot()->discovery->sources) names.push_back(one.source);
    return names;
  };
  KubernetesConfig& kubernetes = config_.discovery.kubernetes;
  kubernetes.node_name = "node-1";
  kubernetes.kubeconfig = MESH_TESTS_DIR "/fixtures/none.yaml";
  start();
  EXPECT_THAT(sources(), ElementsAre("kubernetes"));
  kubernetes.kubelet.enabled = true;
  EXPECT_EQ(watchers_->change(config_), "");
  EXPECT_THAT(sources(), ElementsAre("kubernetes", "kubelet"));
  kubernetes.kubelet.enabled = false;
  EXPECT_EQ(watchers_->change(config_), "");
  EXPECT_THAT(sources(), ElementsAre("kubernetes"));
}

}  // namespace
}  // namespace mesh::watchers_test
