// A Target is one thing we watch: a sidecar proxy, or an application's own page of metrics. It says
// who that is, in the identity labels that every one of its series carries, and how it can be
// reached.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/address.h"
#include "model/grpc_server.h"

namespace mesh {

// A page on such a socket.
struct HttpEndpoint {
  Address address;
  std::string path = "/";  // with a leading slash and possibly a query
  // The path as people may see it: with "<redacted>" for what variables of the configuration stand
  // for, which is as often a secret. "": it has none, and may be seen as it is.
  std::string shown{};

  bool operator==(const HttpEndpoint&) const = default;
};

// A TLS server, and how it wants to be asked.
struct TlsPort {
  Address address;
  std::string sni;                // "": the address, if it is a name
  std::vector<std::string> alpn;  // in the order of preference; empty: none is offered

  bool operator==(const TlsPort&) const = default;
};

// What people may see of the path: no query, for that may be a secret as well.
std::string shown_path(const HttpEndpoint& page);

// A text about the page, such as why it could not be read, in which path and query stand as people
// may see them: "/<redacted>/stats?…".
std::string masked(std::string text, const HttpEndpoint& page);

// The mesh of a target of which nobody said what it is: it is recognised by what it answers
// (dialect/auto.h).
inline constexpr std::string_view unknown_mesh = "auto";

struct Target {
  std::string mesh = "envoy";           // a name in dialects.h
  std::string ns;                       // Kubernetes namespace; "" outside
  std::string pod;                      // pod name; outside Kubernetes the configured target name
  std::string workload;                 // "" where nobody told
  std::optional<Address> admin;         // the proxy's admin port: everything, in raw names
  std::optional<HttpEndpoint> metrics;  // Prometheus text, for proxies whose admin port is closed
  std::optional<GrpcServer> grpc{};     // where it takes calls, to be asked about itself
  std::string
      issuer{};  // whose habits renew its leaves (compute/rotation_points.h); "": its mesh's
  std::optional<double> rotation_point{};  // share of a leaf's life at which it is renewed here
  std::optional<TlsPort> inbound{};        // where it takes calls; looked at by handshakes
  std::string cgroup{};  // its control group, as in /proc/PID/cgroup; "": not looked at
  // Where admin and metrics are, if not in our own network namespace: in that of a file such as
  // /run/netns/blue; and `admin` alone in that of the processes of `cgroup`.
  std::string network_namespace{};
  bool admin_within_cgroup = false;
  // Of the mesh, as its pod says ("stable-2.14.10"); "" where nobody told.
  std::string mesh_version{};

  bool operator==(const Target&) const = default;
};

// Where it is asked first, for people: "127.0.0.1:9901 in the pod"; "" if it is not asked.
std::string first_door(const Target& target);

// " in /run/netns/blue": what must be added to an address of the target where that is not one of
// our own network; "" where it is.
std::string where_else(const Target& target);

// Who stands for a workload as a whole, for which a target of that mesh counts: "shop/web". No pod.
Target workload_target(std::string_view mesh, std::string_view owner);

// "namespace/name", or "name" outside Kubernetes: how people name things of a namespace.
std::string qualified(const std::string& ns, const std::string& name);

// Whether it is the application itself and no proxy: it tells of calls that the pod's proxy may
// tell of, too, so that the two are never added up.
inline bool is_application(std::string_view mesh) { return mesh == "app"; }

// Whether the target is the workload's own process, by its page or by its library: where a proxy
// stands before it, the calls that it counts are those that the proxy counts.
inline bool tells_of_itself(std::string_view mesh) {
  return is_application(mesh) || mesh == "proxyless";
}

// "namespace/pod", or "pod" without a namespace, and of an application "namespace/pod (app)", for
// its proxy has the same pod: unique among targets, used in logs and pages.
std::string target_id(std::string_view mesh, const std::string& ns, const std::string& pod);
std::string target_id(const Target& target);

}  // namespace mesh
