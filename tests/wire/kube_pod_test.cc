// Pods and the events of a watch, as an API server writes them: what is kept, and what is refused.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/limits.h"
#include "model/pod.h"
#include "wire/fixture.h"
#include "wire/kube_object.h"
#include "wire/kube_quantity.h"

namespace mesh::kube_pod_test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

constexpr std::string_view metadata = R"("metadata":{"name":"a","namespace":"shop","uid":"u-1"})";

std::string pod_with(const std::string& more) {
  std::string json = "{";
  json.append(metadata).append(more.empty() ? "" : ",").append(more).append("}");
  return json;
}

Pod parsed(const std::string& json) {
  auto pod = KubeReader<Pod>().read(json);
  EXPECT_TRUE(pod) << (pod ? "" : pod.error().message);
  return pod ? *pod : Pod{};
}

std::string refused(const std::string& json) {
  const auto pod = KubeReader<Pod>().read(json);
  return pod ? "no error" : pod.error().message;
}

std::string in_container(const std::string& fields) {
  return pod_with(R"("spec":{"containers":[{"name":"c",)" + fields + "}]}");
}

TEST(KubePod, is_what_the_api_server_says) {
  const Pod pod = parsed(fixture("pods/linkerd/native_sidecar.json"));
  EXPECT_EQ(pod.ns, "shop");
  EXPECT_EQ(pod.name, "users-7c9d8f6b5-x2x4z");
  EXPECT_EQ(pod.uid, "0d9c1f0e-64a7-4a0b-8a4e-7d0c4a1f9b21");
  EXPECT_EQ(pod.node, "node-1");
  EXPECT_EQ(pod.phase, "Running");
  EXPECT_THAT(pod.ips, ElementsAre("10.244.1.7"));
  EXPECT_EQ(pod.owner_kind, "ReplicaSet");
  EXPECT_EQ(pod.owner_name, "users-7c9d8f6b5");
  EXPECT_FALSE(pod.host_network);
  EXPECT_FALSE(pod.deleting);
  ASSERT_EQ(pod.containers.size(), 2u) << "linkerd-init ends";
  const PodContainer& proxy = pod.containers[1];
  EXPECT_EQ(proxy.name, "linkerd-proxy");
  EXPECT_TRUE(proxy.native_sidecar);
  EXPECT_EQ(proxy.memory_limit_bytes, 250u << 20);
  EXPECT_THAT(proxy.ports,
              ElementsAre(PodPort{"linkerd-proxy", 4143}, PodPort{"linkerd-admin", 4191}));
  EXPECT_EQ(proxy.id.substr(0, 13), "containerd://");
  EXPECT_EQ(pod.containers[0].cpu_limit_cores, 0.5);
}

TEST(KubePod, keeps_of_labels_annotations_and_variables_only_what_recognition_asks_for) {
  const Pod pod = parsed(R"({"metadata":{"name":"a","namespace":"shop","uid":"u",
    "labels":{"app":"users","team":"a"},
    "annotations":{"prometheus.io/port":"9102","kubectl.kubernetes.io/last-applied":"{}"}},
    "spec":{"containers":[{"name":"c","env":[{"name":"DATABASE_PASSWORD","value":"hunter2"},
      {"name":"DISABLE_ENVOY","value":"true"}]}]}})");
  EXPECT_THAT(pod.labels, ElementsAre(Pair("app", "users")));
  EXPECT_THAT(pod.annotations, ElementsAre(Pair("prometheus.io/port", "9102")));
  EXPECT_THAT(pod.containers.at(0).env, ElementsAre(Pair("DISABLE_ENVOY", "true")));
}

TEST(KubePod, leaves_out_a_text_that_is_too_long_rather_than_half_of_it) {
  const std::string text(limits::pod_text_bytes + 1, 'x');
  const Pod pod = parsed(in_container(R"("args":["proxy",")" + text + R"(","sidecar"])"));
  EXPECT_THAT(pod.containers.at(0).args, ElementsAre("proxy", "sidecar"));
}

TEST(KubePod, has_the_command_before_the_arguments) {
  const Pod pod = parsed(in_container(R"("args":["-c"],"command":["envoy"])"));
  EXPECT_THAT(pod.containers.at(0).args, ElementsAre("envoy", "-c"));
}

TEST(KubePod, passes_over_ports_that_are_no_tcp_ports) {
  const Pod pod = parsed(in_container(
      R"("ports":[{"containerPort":53,"protocol":"UDP"},{"containerPort":0},{"containerPort":70000},
                  {"containerPort":8080}])"));
  EXPECT_THAT(pod.containers.at(0).ports, ElementsAre(PodPort{"", 8080}));
}

TEST(KubePod, has_the_grpc_probes_of_the_kubelet_each_once) {
  const Pod pod = parsed(in_container(
      R"("livenessProbe":{"grpc":{"port":50051,"service":"alive"}},
         "readinessProbe":{"grpc":{"port":50051,"service":""}},
         "startupProbe":{"grpc":{"port":50052,"service":""}})"));
  EXPECT_THAT(pod.containers.at(0).grpc_checks,
              ElementsAre(PodGrpcCheck{50051, "alive"}, PodGrpcCheck{50051, ""}));
  const Pod same = parsed(in_container(
      R"("livenessProbe":{"grpc":{"port":1}},"readinessProbe":{"grpc":{"port":1,"service":null}})"));
  EXPECT_THAT(same.containers.at(0).grpc_checks, ElementsAre(PodGrpcCheck{1, ""}));
}

TEST(KubePod, has_no_grpc_probe_of_what_is_none) {
  for (const std::string probe :
       {R"({"httpGet":{"port":1}})", R"({"grpc":{}})", R"([])", R"({"grpc":{"port":0}})",
        R"({"grpc":{"port":70000}})", R"({"grpc":7})"}) {
    const Pod pod = parsed(in_container(R"("livenessProbe":)" + probe));
    EXPECT_THAT(pod.containers.at(0).grpc_checks, IsEmpty()) << probe;
  }
}

TEST(KubePod, knows_why_a_container_ended_the_last_time) {
  const Pod pod = parsed(pod_with(R"("spec":{"containers":[{"name":"c"}]},"status":{
    "containerStatuses":[{"name":"c","restartCount":3,"containerID":"cri-o://ab",
      "lastState":{"terminated":{"reason":"OOMKilled","exitCode":137,
                                 "finishedAt":"2027-01-15T08:00:00Z"}}}]})"));
  EXPECT_EQ(pod.containers.at(0).restarts, 3u);
  EXPECT_EQ(pod.containers.at(0).last_end, "OOMKilled");
  EXPECT_EQ(pod.containers.at(0).last_end_at, WallTime(std::chrono::seconds(1'800'000'000)));
  EXPECT_EQ(pod.containers.at(0).id, "cri-o://ab");
}

TEST(KubePod, has_both_addresses_where_there_are_two_and_none_that_is_none) {
  const Pod pod = parsed(pod_with(R"("status":{"podIP":"10.1.2.3",
    "podIPs":[{"ip":"10.1.2.3"},{"ip":"fd00::7"},{"ip":"fd00::8"}]})"));
  EXPECT_THAT(pod.ips, ElementsAre("10.1.2.3", "fd00::7"));
  EXPECT_EQ(parsed(pod_with(R"("status":{"hostIP":"10.0.0.5"})")).node_ip, "10.0.0.5");
  EXPECT_EQ(parsed(pod_with(R"("status":{"hostIP":"evil.test"})")).node_ip, "");
  EXPECT_THAT(parsed(pod_with(R"("status":{"podIP":"evil.test"})")).ips, IsEmpty());
}

TEST(KubePod, is_owned_by_its_controller_and_not_by_who_else_is_named) {
  const Pod pod = parsed(R"({"metadata":{"name":"a","namespace":"shop","uid":"u","ownerReferences":[
    {"kind":"Node","name":"node-1"},{"kind":"Job","name":"bill-29404800","controller":true}]}})");
  EXPECT_EQ(pod.owner_kind, "Job");
  EXPECT_EQ(pod.owner_name, "bill-29404800");
}

TEST(KubePod, may_be_on_its_way_out) {
  EXPECT_TRUE(parsed(R"({"metadata":{"name":"a","namespace":"shop","uid":"u",
    "deletionTimestamp":"2026-11-26T07:00:00Z"}})")
                  .deleting);
}

TEST(KubePod, takes_fields_of_other_types_for_missing_ones) {
  const Pod pod = parsed(pod_with(R"("spec":{"containers":{},"nodeName":7,"hostNetwork":"yes"},
    "status":{"phase":null,"podIPs":[7]})"));
  EXPECT_THAT(pod.containers, IsEmpty());
  EXPECT_EQ(pod.node, "");
  EXPECT_FALSE(pod.host_network);
}

TEST(KubePod, is_refused_in_words) {
  EXPECT_EQ(refused(""), "no JSON: empty");
  EXPECT_EQ(refused("[]"), "no JSON object");
  EXPECT_EQ(refused(R"({"kind":"Secret"})"), "of the kind \"Secret\"");
  EXPECT_EQ(refused("{}"), "Pod without a proper name");
  EXPECT_EQ(refused(R"({"metadata":{"name":"A B","namespace":"shop","uid":"u"}})"),
            "Pod without a proper name");
  EXPECT_EQ(refused(R"({"metadata":{"name":"a","uid":"u"}})"), "Pod a has no proper namespace");
  EXPECT_EQ(refused(R"({"metadata":{"name":"a","namespace":"shop"}})"),
            "Pod shop/a has no proper uid");
}

KubeEvent<Pod> event(const std::string& type, const std::string& object) {
  auto read = KubeReader<Pod>().read_event("{\"type\":\"" + type + "\",\"object\":" + object + "}");
  EXPECT_TRUE(read) << (read ? "" : read.error().message);
  return read ? *read : KubeEvent<Pod>{};
}

TEST(KubeEvent, brings_a_pod_and_its_version) {
  const KubeEvent<Pod> added = event("ADDED", R"({"kind":"Pod","metadata":
    {"name":"a","namespace":"shop","uid":"u","resourceVersion":"17"}})");
  EXPECT_EQ(added.change, KubeChange::added);
  EXPECT_EQ(added.object.name, "a");
  EXPECT_EQ(added.resource_version, "17");
}

TEST(KubeEvent, may_be_a_bookmark_with_a_version_alone) {
  const KubeEvent<Pod> bookmark =
      event("BOOKMARK",
            R"({"kind":"Pod","metadata":{"resourceVersion":"99"},"spec":{"containers":null}})");
  EXPECT_EQ(bookmark.change, KubeChange::bookmark);
  EXPECT_EQ(bookmark.resource_version, "99");
}

TEST(KubeEvent, may_end_the_watch_with_a_status) {
  const KubeEvent<Pod> error = event("ERROR", R"j({"kind":"Status","code":410,"reason":"Expired",
    "message":"too old resource version: 1 (48113)"})j");
  EXPECT_EQ(error.status, (KubeStatus{410, "Expired", "too old resource version: 1 (48113)"}));
}

TEST(KubeEvent, is_refused_without_a_version_to_go_on_from) {
  const auto read = KubeReader<Pod>().read_event(
      R"({"type":"ADDED","object":{"metadata":{"name":"a","namespace":"shop","uid":"u"}}})");
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().message, "event: has no proper resourceVersion");
}

TEST(KubeEvent, is_refused_where_its_type_is_unknown) {
  const auto read = KubeReader<Pod>().read_event(R"({"type":"RENAMED","object":{}})");
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().message, "event: of the type \"RENAMED\"");
}

TEST(KubeQuantity, has_suffixes_of_both_kinds_and_exponents) {
  EXPECT_EQ(parse_kube_quantity("128974848"), 128974848);
  EXPECT_EQ(parse_kube_quantity("1.5Gi"), 1610612736);
  EXPECT_EQ(parse_kube_quantity("512M"), 512e6);
  EXPECT_EQ(parse_kube_quantity("250m"), 0.25);
  EXPECT_EQ(parse_kube_quantity("2E"), 2e18);
  EXPECT_EQ(parse_kube_quantity("2E3"), 2000);
  EXPECT_EQ(parse_kube_quantity("2e-1"), 0.2);
}

TEST(KubeQuantity, is_a_number_and_nothing_behind_it) {
  for (const char* text : {"", "Mi", "-1", "1 Gi", "1Gib", "1e", "1e+", "1..2", "0x10"}) {
    EXPECT_EQ(parse_kube_quantity(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace mesh::kube_pod_test
