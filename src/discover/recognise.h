// Which proxies run in a pod, and how each is reached: a pure function from a Pod to targets.
//
// Each mesh is a file in recognition/ that opens with what its pods look like; the visible list is
// in recognise.cc. Nothing is asked of anybody: what a pod says of itself decides, its containers,
// their arguments, variables and ports, and the annotations that injectors leave. A port number
// alone never tells a mesh.
//
// Every pod is accounted for. What is not watched says why in words, and what a watched one hides
// says by which switch it would show.
//
// A pod's owner may have the last word, by annotations of the pod:
//   mesh-exporter.io/scrape: "false"        nothing in this pod is watched
//   mesh-exporter.io/mesh: NAME             a name of dialects.h, whatever it looks like; `auto`:
//                                           by what it answers, as where only a page is told of
//   mesh-exporter.io/admin-port: "9901"     the proxy's admin port, reachable at the pod's address;
//                                           of `proxyless` where the application serves channelz,
//                                           CSDS or reflection, in plain text
//   mesh-exporter.io/metrics-port: "9102"   its page of metrics, instead of where it usually is
//   mesh-exporter.io/metrics-path: /metrics
// A value that makes no sense is told and passed over. They are about the pod's first proxy.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/discovered.h"
#include "model/pod.h"
#include "model/target.h"

namespace mesh {

// A proxy of a pod, a control plane in it, or an application's page of metrics.
struct Recognised {
  Target target;            // admin and metrics: what can be reached at the pod's address
  std::string container;    // where it runs
  std::string not_watched;  // why it is not, in words; "": it is
  // What of it cannot be seen, and what would show it, "": nothing; without its admin port, and
  // what is hidden with it, too.
  std::string hidden, hidden_anyway;
  // An admin port that listens on the pod's loopback, for who can enter its network namespace.
  std::optional<std::uint16_t> loopback_admin;
  bool is_inside_only = false;  // not watched for want of any other door
  bool control_plane = false;   // what its container uses is no sidecar's

  bool watched() const { return not_watched.empty(); }
  bool operator==(const Recognised&) const = default;
};

struct PodRecognition {
  MeshState state = MeshState::unmeshed;
  std::string mesh;                // whose state that is: a value of the label `mesh`; "" if none's
  std::vector<Recognised> found;   // a mesh's proxies before its control plane, the application's
                                   // page last
  std::string remark;              // of a pod in which nothing was found: why; else ""
  std::vector<std::string> wrong;  // annotations that were passed over, in words

  bool operator==(const PodRecognition&) const = default;
};

// Why nothing in it can be asked, or may be; "" if it can.
std::string why_not_asked(const Pod& pod);

// `meshes` are the names that mesh-exporter.io/mesh may have.
PodRecognition recognise(const Pod& pod, std::span<const std::string_view> meshes);

// With what is asked of it, and `hidden` what it hides, by who enters the network namespaces of
// pods and so reaches what they keep to their loopback; for who does not, the switch is named.
Recognised reached(Recognised one, bool enters);

}  // namespace mesh
