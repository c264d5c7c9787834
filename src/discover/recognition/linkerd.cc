// Linkerd: the container `linkerd-proxy`, since 2026 among the init containers (a native sidecar)
// by default, before among the others. Its one page, /metrics, is at the port that it names
// `linkerd-admin`: 4191 unless config.linkerd.io/admin-port moved it.
//
// linkerd.io/inject says what was wanted: `enabled` or `ingress`, or `disabled`. It may stand at
// the namespace instead, which is not seen here.
//
// Pods of the control plane have the label linkerd.io/control-plane-component, a proxy like others,
// and beside it one or several controllers, each with a page at a port whose name ends in "-admin".
// Neither tells which Linkerd it is of: that is the tag of a controller's image, and the annotation
// linkerd.io/proxy-version of who has a proxy.
#include "discover/recognition/all.h"

namespace mesh {
namespace {

constexpr std::uint16_t usual_port = 4191;

std::uint16_t admin_port(const Pod& pod, const PodContainer& proxy) {
  if (const auto port = port_named(proxy, "linkerd-admin")) return *port;
  return parse_port(text_of(pod.annotations, "config.linkerd.io/admin-port")).value_or(usual_port);
}

MeshView without_proxy(const Pod& pod) {
  MeshView view;
  const std::string_view inject = text_of(pod.annotations, "linkerd.io/inject");
  if (inject == "disabled") {
    view.intent = MeshState::opted_out;
    view.remark = "linkerd.io/inject is disabled";
  } else if (inject == "enabled" || inject == "ingress") {
    view.intent = MeshState::injection_pending;
    view.remark = "linkerd.io/inject asks for a proxy that it was not given; a new pod would be";
  }
  return view;
}

std::optional<std::uint16_t> page_port(const PodContainer& controller) {
  for (const PodPort& port : controller.ports) {
    if (port.name.ends_with("-admin") && port.name != "linkerd-admin") return port.number;
  }
  return std::nullopt;
}

void find_controllers(const Pod& pod, MeshView& view) {
  if (text_of(pod.labels, "linkerd.io/control-plane-component").empty()) return;
  for (const PodContainer& container : pod.containers) {
    const auto port = page_port(container);
    if (!port) continue;
    view.found.push_back(
        recognised_plane(pod, container, "linkerd-control-plane", *port, "/metrics"));
  }
}

MeshView find_proxy(const Pod& pod) {
  const PodContainer* proxy = container_named(pod, "linkerd-proxy");
  if (!proxy) return without_proxy(pod);
  Recognised one = recognised(pod, *proxy, "linkerd");
  one.target.mesh_version = text_of(pod.annotations, "linkerd.io/proxy-version");
  const std::string_view listens = text_of(proxy->env, "LINKERD2_PROXY_ADMIN_LISTEN_ADDR");
  if (listens.starts_with("127.") || listens.starts_with("[::1]")) {
    one.not_watched = "its admin port listens on the pod's loopback only";
  } else {
    one.target.metrics = page_at(pod, admin_port(pod, *proxy), "/metrics");
  }
  return {{one}, MeshState::meshed, ""};
}

}  // namespace

MeshView recognise_linkerd(const Pod& pod, std::span<const Recognised>) {
  MeshView view = find_proxy(pod);
  find_controllers(pod, view);
  return view;
}

}  // namespace mesh
