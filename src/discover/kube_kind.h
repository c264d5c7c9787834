// The kinds of objects that are followed at an API server: where they are asked for, how people
// call them, and how many of each are kept. A further kind is an entry here, a reader in wire
// (wire/kube_object.h), and whoever listens.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/limits.h"
#include "model/endpoint_slice.h"
#include "model/pod.h"
#include "wire/kube_secret.h"

namespace mesh {

struct KubeKind {
  std::string_view api;       // "/api/v1/"
  std::string_view resource;  // "pods", in paths and roles
  std::string_view list;      // the kind of a list of them
  std::string_view one;       // "a pod", for people
  std::size_t most;           // that are kept, and
  std::string_view most_of;   // of what
  Duration gathering;         // what comes within that time is told at once
  bool secret = false;        // nothing of what cannot be read is shown
};

// Pods come and go in swarms.
inline constexpr KubeKind pods_kind{"/api/v1/",
                                    "pods",
                                    "PodList",
                                    "a pod",
                                    limits::pods_per_node,
                                    "pods",
                                    std::chrono::milliseconds(200)};

// Whatever becomes ready anywhere changes one: in a large cluster several a second.
inline constexpr KubeKind slices_kind{"/apis/discovery.k8s.io/v1/", "endpointslices",
                                      "EndpointSliceList",          "an EndpointSlice",
                                      limits::slice_addresses,      "addresses in EndpointSlices",
                                      std::chrono::seconds(1)};

// cert-manager writes some at once.
inline constexpr KubeKind secrets_kind{"/api/v1/",
                                       "secrets",
                                       "SecretList",
                                       "a Secret",
                                       limits::secret_certificates,
                                       "certificates in Secrets",
                                       std::chrono::milliseconds(200),
                                       true};

// What an object is known by, and how much of `most` it takes: nothing is kept of one that takes
// none.
inline std::string key_of(const Pod& pod) { return pod.uid; }
inline std::size_t weight_of(const Pod&) { return 1; }

inline std::string key_of(const EndpointSlice& slice) { return slice.ns + "/" + slice.name; }
inline std::size_t weight_of(const EndpointSlice& slice) { return slice.addresses.size(); }

inline std::string key_of(const KubeSecret& secret) { return secret.ns + "/" + secret.name; }
inline std::size_t weight_of(const KubeSecret& secret) {
  std::size_t certificates = 0;
  for (const HeldTogether& one : secret.held) certificates += one.size();
  return certificates == 0 && secret.unreadable == 0 ? 0 : certificates + 1;
}

}  // namespace mesh
