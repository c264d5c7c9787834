// A kubelet's page of resource metrics (/metrics/resource): what the containers of its node take.
// Of pods as a whole, of the node, of swap and of start times nothing is read.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/text.h"

namespace mesh {

// Who, by names that are unique at any moment.
struct ContainerKey {
  std::string ns, pod, container;

  auto operator<=>(const ContainerKey&) const = default;
};

// What the page does not tell is absent.
struct ContainerUse {
  std::optional<std::uint64_t> working_set;  // bytes
  std::optional<std::uint64_t> cpu_us;       // microseconds since the container's start

  bool operator==(const ContainerUse&) const = default;
};

struct KubeletPage {
  std::uint64_t samples = 0;
  Unreadables unreadables;  // lines that are no sample, and values that are none of their kind
  bool measured = true;     // false: the kubelet says itself that it could not
};

// Fills in `uses` what the page says of those that are in it; of others nothing is kept.
KubeletPage read_kubelet_page(std::string_view body, std::map<ContainerKey, ContainerUse>& uses);

}  // namespace mesh
