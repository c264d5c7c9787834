// Looking at containers; see all.h.
#include <algorithm>
#include <utility>

#include "base/text.h"
#include "discover/recognition/all.h"
#include "discover/workload.h"
#include "wire/json_walk.h"

namespace mesh {

Recognised recognised(const Pod& pod, const PodContainer& container, std::string_view mesh) {
  Recognised one;
  one.target.mesh = mesh;
  one.target.ns = pod.ns;
  one.target.pod = pod.name;
  one.target.workload = workload_of(pod);
  one.container = container.name;
  return one;
}

Recognised recognised_plane(const Pod& pod, const PodContainer& container, std::string_view dialect,
                            std::uint16_t port, std::string path) {
  Recognised one = recognised(pod, container, dialect);
  one.target.metrics = page_at(pod, port, std::move(path));
  one.target.mesh_version = image_tag(container.image);
  one.control_plane = true;
  return one;
}

const PodContainer* container_named(const Pod& pod, std::string_view name) {
  const auto found = std::ranges::find(pod.containers, name, &PodContainer::name);
  return found == pod.containers.end() ? nullptr : &*found;
}

bool is_agent_without_envoy(const PodContainer& container) {
  return text_of(container.env, "DISABLE_ENVOY") == "true" ||
         text_of(container.env, "ISTIO_META_GENERATOR") == "grpc";
}

bool is_among(std::span<const Recognised> found, const PodContainer& container) {
  return std::ranges::find(found, container.name, &Recognised::container) != found.end();
}

std::string_view argument_of(const PodContainer& container, std::string_view flag) {
  const auto& args = container.args;
  for (std::size_t i = 0; i < args.size(); ++i) {
    std::string_view arg = args[i];
    if (!take_front(arg, "-")) continue;
    take_front(arg, "-");
    if (!arg.starts_with(flag)) continue;
    arg.remove_prefix(flag.size());
    if (arg.starts_with('=')) return arg.substr(1);
    if (arg.empty() && i + 1 < args.size()) return args[i + 1];
  }
  return {};
}

std::optional<std::uint16_t> port_named(const PodContainer& container, std::string_view name) {
  const auto found = std::ranges::find(container.ports, name, &PodPort::name);
  if (found == container.ports.end()) return std::nullopt;
  return found->number;
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
  const auto number = parse_u64(text);
  if (!number || *number == 0 || *number > 65535) return std::nullopt;
  return static_cast<std::uint16_t>(*number);
}

std::string image_tag(std::string_view image) {
  image = image.substr(0, image.find('@'));
  const std::size_t name = image.rfind('/') == image.npos ? 0 : image.rfind('/');
  const std::size_t colon = image.find(':', name);
  return colon == image.npos ? "" : std::string(image.substr(colon + 1));
}

Address address_at(const Pod& pod, std::uint16_t port) {
  return {pod.ips.empty() ? "" : pod.ips.front(), port, ""};
}

HttpEndpoint page_at(const Pod& pod, std::uint16_t port, std::string path) {
  return {address_at(pod, port), std::move(path)};
}

std::string json_field(std::string_view object, std::string_view key) {
  std::string_view found;
  each_field(object, [&](std::string_view name, std::string_view value) {
    if (name == key) found = value;
    return name != key;
  });
  found = found.substr(0, found.find_last_not_of(" \t\r\n") + 1);
  if (found.starts_with('"') && found.ends_with('"') && found.size() >= 2) {
    found = found.substr(1, found.size() - 2);
  }
  return std::string(found);
}

std::string loopback_words(std::uint16_t port) {
  std::string words = "its admin port, ";
  return words.append(std::to_string(port)).append(", listens on the pod's loopback only");
}

}  // namespace mesh
