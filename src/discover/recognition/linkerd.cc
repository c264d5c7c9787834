// Linkerd: the container `linkerd-proxy`, since 2026 among the init containers (a native sidecar)
// by default, before among the others. Its one page, /metrics, is at the port that it names
// `linkerd-admin`: 4191 unless config.linkerd.io/admin-port moved it.
//
// linkerd.io/inject says what was wanted: `enabled` or `ingress`, or `disabled`. It may stand at
// the namespace instead, which is not seen here. Pods of the control plane have a proxy, too.
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

}  // namespace

MeshView recognise_linkerd(const Pod& pod, std::span<const Recognised>) {
  const PodContainer* proxy = container_named(pod, "linkerd-proxy");
  if (!proxy) return without_proxy(pod);
  Recognised one = recognised(pod, *proxy, "linkerd");
  const std::string_view listens = text_of(proxy->env, "LINKERD2_PROXY_ADMIN_LISTEN_ADDR");
  if (listens.starts_with("127.") || listens.starts_with("[::1]")) {
    one.not_watched = "its admin port listens on the pod's loopback only";
  } else {
    one.target.metrics = page_at(pod, admin_port(pod, *proxy), "/metrics");
  }
  return {{one}, MeshState::meshed, ""};
}

}  // namespace mesh
