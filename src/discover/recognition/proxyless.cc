// Applications that speak xDS themselves (proxyless gRPC): there is no proxy to ask. The library is
// told where its control plane is by GRPC_XDS_BOOTSTRAP or GRPC_XDS_BOOTSTRAP_CONFIG; Istio's
// template `grpc-agent` puts an `istio-proxy` beside it that is pilot-agent without Envoy, which
// ISTIO_META_GENERATOR=grpc or DISABLE_ENVOY=true give away. Istio's sidecars have such variables
// in their own container, so where there is a proxy they say nothing.
#include "discover/recognition/all.h"

namespace mesh {
namespace {

bool speaks_xds(const PodContainer& container) {
  return !text_of(container.env, "GRPC_XDS_BOOTSTRAP").empty() ||
         !text_of(container.env, "GRPC_XDS_BOOTSTRAP_CONFIG").empty();
}

Recognised application(const Pod& pod, const PodContainer& container) {
  Recognised one = recognised(pod, container, "proxyless");
  one.not_watched =
      "speaks xDS itself: there is no proxy to ask, only the application, where "
      "mesh-exporter.io/admin-port names the port at which it serves channelz, CSDS or reflection, "
      "or its page, where prometheus.io/scrape tells of one";
  return one;
}

}  // namespace

MeshView recognise_proxyless(const Pod& pod, std::span<const Recognised> before) {
  MeshView view;
  for (const PodContainer& container : pod.containers) {
    if (!is_agent_without_envoy(container)) continue;
    view.found.push_back(application(pod, container));
    view.intent = MeshState::meshed;
    return view;
  }
  if (!before.empty()) return view;
  for (const PodContainer& container : pod.containers) {
    if (speaks_xds(container)) view.found.push_back(application(pod, container));
  }
  if (!view.found.empty()) view.intent = MeshState::meshed;
  return view;
}

}  // namespace mesh
