// An Envoy of no mesh that is known here: by its image (envoyproxy/envoy and what people build from
// it) or its command. Envoy has no usual admin port, and what its configuration says is not in the
// pod; so a port that the container declares as `admin` is taken for it, or one of the annotations
// is. A page of metrics is taken where the pod's scrape annotations point at Envoy's.
#include <array>

#include "discover/recognition/all.h"

namespace mesh {
namespace {

constexpr std::array<std::string_view, 4> admin_names{"admin", "envoy-admin", "http-admin",
                                                      "admin-http"};

// "registry.test:5000/team/envoy-contrib:v1.36@sha256:…" is "envoy-contrib".
std::string_view image_name(std::string_view image) {
  image = image.substr(0, image.find('@'));
  const std::size_t slash = image.rfind('/');
  if (slash != std::string_view::npos) image.remove_prefix(slash + 1);
  return image.substr(0, image.find(':'));
}

bool is_proxy(const PodContainer& container) {
  const std::string_view name = image_name(container.image);
  if (name == "envoy" || name.starts_with("envoy-") || name.ends_with("-envoy")) {
    return name != "envoy-gateway" && name != "envoy-ratelimit";
  }
  if (container.args.empty()) return false;
  const std::string_view command = container.args.front();
  return command == "envoy" || command.ends_with("/envoy");
}

Recognised proxy(const Pod& pod, const PodContainer& container) {
  Recognised one = recognised(pod, container, "envoy");
  for (const std::string_view name : admin_names) {
    const auto port = port_named(container, name);
    if (!port) continue;
    one.target.admin = address_at(pod, *port);
    return one;
  }
  const std::string_view path = text_of(pod.annotations, "prometheus.io/path");
  const auto port = parse_port(text_of(pod.annotations, "prometheus.io/port"));
  if (port && path.starts_with("/stats/prometheus")) {
    one.target.metrics = page_at(pod, *port, std::string(path));
    one.hidden =
        "names as they are, and load by endpoint: where its admin port is, no port called "
        "`admin` and no annotation mesh-exporter.io/admin-port tells";
  } else {
    one.not_watched =
        "where its admin port is, no port called `admin` and no annotation "
        "mesh-exporter.io/admin-port tells";
  }
  return one;
}

}  // namespace

MeshView recognise_envoy(const Pod& pod, std::span<const Recognised> before) {
  MeshView view;
  for (const PodContainer& container : pod.containers) {
    if (!is_proxy(container) || is_among(before, container)) continue;
    view.found.push_back(proxy(pod, container));
    view.intent = MeshState::meshed;
  }
  return view;
}

}  // namespace mesh
