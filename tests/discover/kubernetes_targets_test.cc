// From what an API server says to targets, and what is told of each beside.
#include "discover/kubernetes_targets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include "base/limits.h"
#include "discover/api_server.h"
#include "discover/told.h"
#include "model/target.h"
#include "support/certificates.h"
#include "support/tls_server.h"

namespace mesh::kubernetes_targets_test {
namespace {

namespace fs = std::filesystem;
using support::ApiServer;
using support::FakePeer;
using support::Habit;
namespace habits = support::habits;
using support::pod_list;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* uid = "0d9c1f0e-64a7-4a0b-8a4e-7d0c4a1f9b21";

std::string replaced(std::string text, const std::string& what, const std::string& by) {
  const std::size_t at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return at == std::string::npos ? text : text.replace(at, what.size(), by);
}

// With so much more in its annotations.
std::string pod(const std::string& path, const std::string& annotation = "") {
  std::string text = fixture("pods/" + path + ".json");
  if (annotation.empty()) return text;
  return replaced(text, R"("annotations": {)", R"("annotations": {)" + annotation);
}

class KubernetesTargetsTest : public ::testing::Test {
 protected:
  KubernetesTargetsTest() {
    std::string directory = (fs::temp_directory_path() / "targets-XXXXXX").string();
    directory_ = mkdtemp(directory.data());
    std::ofstream(directory_ / "cgroup.controllers") << "memory\n";
  }
  ~KubernetesTargetsTest() override { fs::remove_all(directory_); }

  // After a list of these pods, when holds(what was found).
  Discovered found(
      const std::string& pods,
      const std::function<bool(const Discovered&)>& holds = [](const auto&) { return true; },
      Habit watch = habits::never_answer) {
    ApiServer api({pod_list(pods, "10"), std::move(watch)});
    std::ofstream(directory_ / "kubeconfig")
        << R"({"current-context":"one","clusters":[{"name":"one","cluster":{"server":"http://)"
        << to_string(api.server().address())
        << R"("}}],"users":[{"name":"one","user":{}}],"contexts":[{"name":"one","context":)"
        << R"({"cluster":"one","user":"one"}}]})";
    Config config;
    config.cgroup_root = directory_.string();
    config.discovery.kubernetes.node_name = "node-1";
    config.discovery.kubernetes.kubeconfig = directory_ / "kubeconfig";
    config.discovery.kubernetes.kubelet = kubelet_;
    ConfigContext context;
    context.meshes = spoken;
    boost::asio::io_context io{1};
    KubernetesTargets targets(
        io.get_executor(), config, context, [] {},
        [this](const TargetLooks& looks) { looks_.push_back(looks); });
    targets.start();
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!targets.answered() || !holds(targets.found())) {
      if (io.run_one_until(end) == 0) break;
    }
    EXPECT_TRUE(holds(targets.found()));
    problems_ = targets.state().problems;
    passed_over_ = targets.passed_over();
    kubelet_state_ = targets.kubelet_state();
    Discovered all = targets.found();
    targets.stop();
    io.run_for(std::chrono::seconds(5));
    return all;
  }

  fs::path directory_;
  std::vector<std::string> problems_;
  std::vector<PassedOver> passed_over_;
  KubeletConfig kubelet_;
  std::vector<TargetLooks> looks_;
  std::optional<DiscoveryState> kubelet_state_;
};

TEST_F(KubernetesTargetsTest, have_the_control_group_of_their_container) {
  const Pod sample = sample_pod("envoy/named_admin_port");
  const auto proxy = std::ranges::find(sample.containers, "proxy", &PodContainer::name);
  ASSERT_NE(proxy, sample.containers.end());
  const std::string group = "/kubepods/burstable/pod" + std::string(uid) + "/" +
                            proxy->id.substr(proxy->id.find("://") + 3);
  fs::create_directories(directory_.string() + group);
  const Discovered all = found(pod("envoy/named_admin_port"), [](const Discovered& now) {
    return !now.targets.empty() && !now.targets[0].cgroup.empty();
  });
  ASSERT_EQ(all.targets.size(), 1u);
  EXPECT_EQ(all.targets[0].cgroup, group);
  EXPECT_THAT(all.pods, ElementsAre(FoundPod{"envoy", "shop", "users", MeshState::meshed}));
}

TEST_F(KubernetesTargetsTest, keep_the_control_group_of_before_until_the_new_one_is_found) {
  const std::string made = pod("envoy/named_admin_port");
  const std::string id = sample_pod("envoy/named_admin_port").containers.at(1).id.substr(13);
  const std::string id_anew = std::string(id.size() - 1, '0') + "1";
  const std::string groups = "/kubepods/pod" + std::string(uid) + "/";
  const fs::path anew = directory_.string() + groups + id_anew;
  fs::create_directories(directory_.string() + groups + id);
  std::vector<std::string> seen;
  const auto note = [&](const Discovered& now) {
    const std::string group = now.targets.empty() ? "" : now.targets[0].cgroup;
    if (seen.empty() ? !group.empty() : seen.back() != group) {
      seen.push_back(group);
      fs::create_directories(anew);
    }
    return seen.size() == 2;
  };
  found(made, note, [&](FakePeer& peer) {
    while (!fs::exists(anew) && peer.still_there_after(10)) continue;
    peer.send(habits::head("200 OK", "Transfer-Encoding: chunked\r\n"));
    const std::string object = replaced(made, id, id_anew);
    peer.send(habits::chunk(R"({"type":"MODIFIED","object":)" + object + "}"));
    peer.wait_until_client_leaves();
  });
  EXPECT_THAT(seen, ElementsAre(groups + id, groups + id_anew));
}

TEST_F(KubernetesTargetsTest, tell_what_they_hide) {
  const Discovered all = found(pod("istio/sidecar"));
  ASSERT_EQ(all.notes.size(), 1u);
  EXPECT_EQ(all.notes.begin()->first, target_id(all.targets.at(0)));
  EXPECT_THAT(all.notes.begin()->second.hidden, HasSubstr("proxyStatsMatcher"));
  EXPECT_THAT(problems_, IsEmpty());
}

TEST_F(KubernetesTargetsTest, tell_which_annotation_was_passed_over) {
  const std::string odd = R"("mesh-exporter.io/admin-port": "99999",)";
  const Discovered all = found(pod("istio/sidecar", odd));
  ASSERT_EQ(all.notes.size(), 1u);
  EXPECT_THAT(all.notes.begin()->second.wrong, HasSubstr("a port from 1 to 65535"));
  EXPECT_THAT(problems_, ElementsAre(HasSubstr("mesh-exporter.io/admin-port: \"99999\"")));
  ASSERT_EQ(passed_over_.size(), 1u);
  EXPECT_THAT(passed_over_[0].pod, HasSubstr("users-"));
  EXPECT_EQ(passed_over_[0].annotation, "mesh-exporter.io/admin-port");
  EXPECT_EQ(passed_over_[0].why, "\"99999\"; expected a port from 1 to 65535");
}

TEST_F(KubernetesTargetsTest, say_it_of_a_pod_that_is_not_watched_too) {
  const std::string odd = R"("mesh-exporter.io/scrape": "no",)";
  const Discovered all = found(pod("consul/sidecar", odd));
  ASSERT_EQ(all.not_watched.size(), 1u);
  EXPECT_THAT(all.not_watched[0].reason, HasSubstr("its metrics are not enabled"));
  EXPECT_THAT(all.not_watched[0].reason, HasSubstr("; mesh-exporter.io/scrape: \"no\"; expected"));
}

TEST_F(KubernetesTargetsTest, ask_for_the_health_of_who_opts_in_and_say_so) {
  const std::string in = R"("mesh-exporter.io/grpc-probe": "true")";
  const Discovered all = found(pod("app/nothing", in));
  ASSERT_EQ(all.probes.size(), 1u);
  EXPECT_EQ(all.probes[0].name, "users-7c9d8f6b5-x2x4z:50051");
  ASSERT_EQ(all.not_watched.size(), 1u);
  EXPECT_EQ(all.not_watched[0].reason,
            "no proxy that is known here; asked for its gRPC health at 10.244.1.7:50051");
  const Discovered pending =
      found(replaced(pod("app/nothing", in), R"("phase": "Running")", R"("phase": "Pending")"));
  EXPECT_THAT(pending.probes, IsEmpty());
  EXPECT_THAT(pending.not_watched.at(0).reason,
              HasSubstr("; not asked for its gRPC health: the pod does not run yet"));
  EXPECT_THAT(problems_, IsEmpty()) << "it is as it should be";
}

TEST_F(KubernetesTargetsTest, ask_for_the_health_of_so_many_services_and_no_more) {
  std::string services;
  for (std::size_t i = 0; i < limits::grpc_services_per_pod; ++i) {
    services.append(i == 0 ? "s" : ",s").append(std::to_string(i));
  }
  const std::string one = pod("app/nothing", R"("mesh-exporter.io/grpc-probe": "true",
      "mesh-exporter.io/grpc-probe-services": ")" +
                                                 services + "\"");
  const std::size_t fit = limits::grpc_services_found / limits::grpc_services_per_pod;
  std::string pods;
  for (std::size_t i = 0; i < fit + 2; ++i) {
    const std::string number = std::to_string(i);
    const std::string named = replaced(one, "users-7c9d8f6b5-x2x4z", "users-" + number);
    pods.append(i == 0 ? "" : ",").append(replaced(named, uid, "uid-" + number));
  }
  EXPECT_EQ(found(pods).probes.size(), fit);
  EXPECT_THAT(problems_,
              ElementsAre("32 services of pods are not asked for their gRPC health: 1000 "
                          "are at most"));
}

TEST_F(KubernetesTargetsTest, tell_why_who_opts_in_is_not_asked) {
  const Discovered all = found(pod("app/scraped", R"("mesh-exporter.io/grpc-probe": "1",)"));
  EXPECT_THAT(all.probes, IsEmpty());
  ASSERT_EQ(all.notes.size(), 1u);
  EXPECT_THAT(all.notes.begin()->second.wrong, HasSubstr("grpc-probe: \"1\"; expected true or"));
  EXPECT_THAT(problems_, ElementsAre(HasSubstr("grpc-probe: \"1\"")));
}

TEST_F(KubernetesTargetsTest, tell_when_their_container_was_killed_for_memory) {
  // The first of two fields of one name is the one that is read.
  const std::string killed =
      replaced(pod("envoy/named_admin_port"), "\"name\": \"proxy\",\n    \"state\"",
               R"("name": "proxy", "lastState": {"terminated": {"reason": "OOMKilled",
                  "finishedAt": "2027-01-15T08:00:00Z"}}, "state")");
  const Discovered all = found(killed);
  ASSERT_EQ(all.notes.size(), 1u);
  EXPECT_EQ(all.notes.begin()->second.oom_killed, WallTime(std::chrono::seconds(1'800'000'000)));
}

TEST_F(KubernetesTargetsTest, are_asked_for_at_the_kubelet_where_their_group_is_not_found) {
  support::TlsServer server(support::mint({.common_name = "node"}));
  server.answer(habits::with_length(
      "200 OK",
      "container_memory_working_set_bytes{container=\"istio-proxy\",namespace=\"shop\","
      "pod=\"users-7c9d8f6b5-x2x4z\"} 5e+07 1\n"));
  kubelet_.enabled = true;
  kubelet_.address = server.address();
  kubelet_.insecure_skip_verify = true;
  const Discovered all = found(pod("istio/sidecar"));
  ASSERT_EQ(looks_.size(), 1u);
  ASSERT_EQ(looks_[0].size(), 1u);
  const auto& [id, look] = *looks_[0].begin();
  EXPECT_EQ(id, target_id(all.targets.at(0)));
  EXPECT_EQ(look.error, "");
  EXPECT_EQ(look.reading.working_set, 50'000'000u);
  EXPECT_EQ(look.reading.memory_limit, 1u << 30);
  ASSERT_TRUE(kubelet_state_.has_value());
  EXPECT_THAT(kubelet_state_->problems, IsEmpty());
}

TEST_F(KubernetesTargetsTest, tell_the_kubelets_address_and_no_application_is_asked_for) {
  kubelet_.enabled = true;
  found(pod("app/scraped"));
  EXPECT_THAT(looks_, IsEmpty()) << "it is an application's own page";
  const std::string here = R"("hostIP": "127.0.0.9")";
  found(replaced(pod("istio/sidecar"), R"("hostIP": "10.0.0.5")", here));
  ASSERT_EQ(looks_.size(), 1u);
  EXPECT_THAT(looks_[0].begin()->second.error,
              HasSubstr("cannot ask the kubelet at 127.0.0.9:10250: "));
}

}  // namespace
}  // namespace mesh::kubernetes_targets_test
