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
#include "model/pod.h"

namespace mesh {

struct KubeKind {
  std::string_view api;       // "/api/v1/"
  std::string_view resource;  // "pods", in paths and roles
  std::string_view list;      // the kind of a list of them
  std::string_view one;       // "a pod", for people
  std::size_t most;           // that are kept, and
  std::string_view most_of;   // of what
  Duration gathering;         // what comes within that time is told at once
};

// Pods come and go in swarms.
inline constexpr KubeKind pods_kind{"/api/v1/",
                                    "pods",
                                    "PodList",
                                    "a pod",
                                    limits::pods_per_node,
                                    "pods",
                                    std::chrono::milliseconds(200)};

// What an object is known by, and how much of `most` it takes: nothing is kept of one that takes
// none.
inline std::string key_of(const Pod& pod) { return pod.uid; }
inline std::size_t weight_of(const Pod&) { return 1; }

}  // namespace mesh
