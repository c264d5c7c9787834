// A Pod of Kubernetes, reduced to what the agent needs to find sidecars in it, reach them, and find
// their memory on the node. Of 30 kB as the API server writes them one or two are kept.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"

namespace mesh {

using PodTexts = std::map<std::string, std::string, std::less<>>;

// "" where there is none.
inline std::string_view text_of(const PodTexts& texts, std::string_view key) {
  const auto found = texts.find(key);
  return found == texts.end() ? std::string_view() : std::string_view(found->second);
}

struct PodPort {
  std::string name;  // "" where it has none
  std::uint16_t number = 0;

  bool operator==(const PodPort&) const = default;
};

// A probe by which the kubelet asks the container for its gRPC health.
struct PodGrpcCheck {
  std::uint16_t port = 0;
  std::string service;  // "": the server as a whole

  bool operator==(const PodGrpcCheck&) const = default;
};

struct PodContainer {
  std::string name, image;
  bool native_sidecar = false;    // an init container that goes on running beside the others
  std::vector<std::string> args;  // the command, then its arguments; long ones are left out
  PodTexts env;                   // literal values of the variables that recognition asks for
  std::vector<PodPort> ports;     // TCP ports that it declares
  std::vector<PodGrpcCheck> grpc_checks;  // liveness, then readiness; a pair of both is there once
  std::optional<std::uint64_t> memory_limit_bytes;
  std::optional<double> cpu_limit_cores;

  std::string id;  // "containerd://0f3c…"; "" before there was one
  std::uint64_t restarts = 0;
  std::string last_end;  // why it ended the last time: "OOMKilled"; "" if it never did
  std::optional<WallTime> last_end_at;  // and when, where that is told

  bool operator==(const PodContainer&) const = default;
};

struct Pod {
  std::string ns, name, uid;
  PodTexts labels, annotations;  // those that recognition asks for
  std::string node;              // "" before it was scheduled
  std::string phase;             // "Pending", "Running", "Succeeded", "Failed", "Unknown"
  std::string node_ip;           // status.hostIP; "" before it was scheduled
  std::vector<std::string> ips;  // the first is the one of status.podIP
  bool host_network = false;
  bool deleting = false;                 // it has a deletionTimestamp, and may run for a while yet
  std::string owner_kind, owner_name;    // its controller; "" of a bare pod
  std::vector<PodContainer> containers;  // those that stay: no init containers that end

  bool operator==(const Pod&) const = default;
};

}  // namespace mesh
