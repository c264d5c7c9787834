// Whose addresses are, as Kubernetes tells it: one EndpointSlice of a Service, reduced to the pods
// behind its addresses.
#pragma once

#include <string>
#include <vector>

namespace mesh {

struct PodName {
  std::string ns, pod;

  auto operator<=>(const PodName&) const = default;
};

struct PodAddress {
  std::string ip;
  PodName pod;

  auto operator<=>(const PodAddress&) const = default;
};

struct EndpointSlice {
  std::string ns, name;
  std::vector<PodAddress> addresses;  // of pods of its own namespace, and of nothing else

  bool operator==(const EndpointSlice&) const = default;
};

}  // namespace mesh
