// AWS App Mesh: the container `envoy` of AWS' own image, with variables that name the virtual node.
// Its admin port, 9901 unless ENVOY_ADMIN_ACCESS_PORT says otherwise, listens on all addresses and
// is declared under the name `stats`.
//
// AWS ended the service on 2026-09-30. What still runs has no control plane and lives on what it
// was last told, until its certificates end.
#include "discover/recognition/all.h"

namespace mesh {
namespace {

constexpr std::uint16_t usual_admin = 9901;
constexpr std::string_view injection = "appmesh.k8s.aws/sidecarInjectorWebhook";

bool is_proxy(const PodContainer& container) {
  return container.image.find("aws-appmesh-envoy") != std::string::npos ||
         !text_of(container.env, "APPMESH_RESOURCE_ARN").empty() ||
         !text_of(container.env, "APPMESH_VIRTUAL_NODE_NAME").empty();
}

std::uint16_t admin_port(const PodContainer& proxy) {
  if (const auto port = parse_port(text_of(proxy.env, "ENVOY_ADMIN_ACCESS_PORT"))) return *port;
  return port_named(proxy, "stats").value_or(usual_admin);
}

}  // namespace

MeshView recognise_appmesh(const Pod& pod, std::span<const Recognised> before) {
  MeshView view;
  for (const PodContainer& container : pod.containers) {
    if (!is_proxy(container) || is_among(before, container)) continue;
    Recognised one = recognised(pod, container, "appmesh");
    one.target.admin = address_at(pod, admin_port(container));
    one.hidden = "App Mesh ended on 2026-09-30: nothing manages this proxy any more";
    return {{std::move(one)}, MeshState::meshed, ""};
  }
  const std::string_view inject = text_of(pod.annotations, injection);
  if (inject == "disabled") {
    view.intent = MeshState::opted_out;
    view.remark = std::string(injection) + " is disabled";
  } else if (inject == "enabled") {
    view.intent = MeshState::injection_pending;
    view.remark = std::string(injection) +
                  " asks for a proxy that it was not given, and since App Mesh ended never will be";
  }
  return view;
}

}  // namespace mesh
