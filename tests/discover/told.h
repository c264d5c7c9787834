// A pod of tests/fixtures/pods as recognition tells it, one line of text for each thing it says.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "discover/recognise.h"
#include "wire/fixture.h"
#include "wire/kube_object.h"

namespace mesh {

inline constexpr std::array<std::string_view, 11> spoken{
    "envoy",         "istio",    "ztunnel",
    "linkerd",       "consul",   "appmesh",
    "app",           "istiod",   "linkerd-control-plane",
    "consul-server", "proxyless"};

inline Pod sample_pod(const std::string& path) {
  auto pod = KubeReader<Pod>().read(fixture("pods/" + path + ".json"));
  EXPECT_TRUE(pod) << path << ": " << (pod ? "" : pod.error().message);
  return pod ? *pod : Pod{};
}

inline std::string told(const Pod& pod) {
  const PodRecognition seen = recognise(pod, spoken);
  std::string text(to_string(seen.state));
  if (!seen.mesh.empty()) text += " in " + seen.mesh;
  for (const Recognised& one : seen.found) {
    text += "\n" + one.target.mesh + " " + target_id(one.target) + " of " + one.target.workload;
    text += ", container " + one.container;
    if (one.target.admin) text += "\n  admin " + to_string(*one.target.admin);
    if (one.target.metrics) {
      text += "\n  page " + to_string(one.target.metrics->address) + one.target.metrics->path;
    }
    if (one.target.grpc) text += "\n  grpc " + to_string(one.target.grpc->address);
    if (one.target.inbound) {
      text += "\n  inbound " + to_string(one.target.inbound->address);
      for (const std::string& protocol : one.target.inbound->alpn) text += " " + protocol;
    }
    if (one.loopback_admin) {
      text.append("\n  loopback admin ").append(std::to_string(*one.loopback_admin));
    }
    if (one.control_plane) text += "\n  control plane " + one.target.mesh_version;
    if (!one.not_watched.empty()) text += "\n  not watched: " + one.not_watched;
    if (!one.hidden_anyway.empty()) text += "\n  hidden anyway: " + one.hidden_anyway;
    if (!one.hidden.empty()) text += "\n  hidden: " + one.hidden;
    if (one.is_inside_only) text += "\n  but from inside";
  }
  if (!seen.remark.empty()) text += "\n" + seen.remark;
  for (const std::string& wrong : seen.wrong) text += "\nwrong: " + wrong;
  return text;
}

inline std::string told(const std::string& path) { return told(sample_pod(path)); }

}  // namespace mesh
