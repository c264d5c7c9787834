// Fuzz targets for what an API server sends of pods and slices: objects, events, and the streams
// that they are cut from, where the way in which the bytes arrive must not show.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "fuzz/promise.h"
#include "model/endpoint_slice.h"
#include "model/pod.h"
#include "wire/kube_object.h"
#include "wire/kube_quantity.h"
#include "wire/kube_status.h"
#include "wire/kube_stream.h"

namespace mesh::fuzz {

inline void promise_pod(const Pod& pod) {
  promise(!pod.ns.empty() && !pod.name.empty() && !pod.uid.empty(), "a Pod has a name");
  promise(pod.containers.size() <= 2 * limits::containers_per_pod, "containers are bounded");
  for (const PodContainer& container : pod.containers) {
    promise(!container.name.empty(), "a container has a name");
    promise(container.args.size() <= limits::args_per_container, "arguments are bounded");
    promise(container.ports.size() <= limits::ports_per_container, "ports are bounded");
    for (const auto& arg : container.args) {
      promise(arg.size() <= limits::pod_text_bytes, "texts are bounded");
    }
    for (const PodPort& port : container.ports) promise(port.number > 0, "a port is a port");
  }
}

inline void kube_pod(std::string_view input) {
  KubeReader<Pod> reader;
  if (const auto pod = reader.read(input)) {
    promise_pod(*pod);
    promise(*reader.read(input) == *pod, "what was read before does not show");
  } else {
    promise(!pod.error().message.empty(), "an error has words");
  }
  const auto event = reader.read_event(input);
  if (!event) return promise(!event.error().message.empty(), "an error has words");
  const bool is_error = event->change == KubeChange::error;
  promise(is_error == event->resource_version.empty(), "there is a version to go on from");
  if (!is_error && event->change != KubeChange::bookmark) promise_pod(event->object);
}

inline void kube_slice(std::string_view input) {
  KubeReader<EndpointSlice> reader;
  const auto slice = reader.read(input);
  if (!slice) return promise(!slice.error().message.empty(), "an error has words");
  promise(!slice->ns.empty() && !slice->name.empty(), "a slice has a name");
  promise(slice->addresses.size() <= limits::endpoints_per_slice, "addresses are bounded");
  for (const PodAddress& one : slice->addresses) {
    promise(!one.ip.empty() && !one.pod.pod.empty(), "an address has a pod");
    promise(one.pod.ns == slice->ns, "a slice tells of its own namespace only");
  }
  promise(*reader.read(input) == *slice, "what was read before does not show");
}

template <class Cutter>
std::vector<std::string> cut_into(Cutter& cutter, std::string_view input, std::size_t bytes) {
  std::vector<std::string> objects;
  for (std::size_t at = 0; at < input.size(); at += bytes) {
    cutter.feed(input.substr(at, bytes), [&](std::string_view it) { objects.emplace_back(it); });
  }
  return objects;
}

inline void kube_stream(std::string_view input) {
  constexpr std::size_t longest = 64;
  ListCutter whole(longest), pieces(longest);
  const auto items = cut_into(whole, input, input.size() + 1);
  promise(items == cut_into(pieces, input, 3), "chunks do not show in the items");
  promise(whole.frame() == pieces.frame(), "chunks do not show in the frame");
  promise(whole.too_long() == pieces.too_long(), "chunks do not show in what is too long");
  for (const std::string& item : items) {
    promise(item.size() <= longest && item.starts_with('{'), "an item is a bounded object");
  }
  const auto frame = parse_kube_list_frame(whole.frame());
  promise(frame ? !frame->kind.empty() : !frame.error().message.empty(), "a frame has a kind");
  const std::size_t end = ObjectCutter(longest).feed(input, [](std::string_view) {});
  promise(end <= input.size(), "no more is used up than there is");
}

inline void kube_quantity(std::string_view input) {
  const auto value = parse_kube_quantity(input);
  promise(!value || *value >= 0, "no quantity is negative");
}

inline constexpr std::array<Target, 4> kube_targets{{
    {"kube_pod", kube_pod},
    {"kube_quantity", kube_quantity},
    {"kube_slice", kube_slice},
    {"kube_stream", kube_stream},
}};

}  // namespace mesh::fuzz
