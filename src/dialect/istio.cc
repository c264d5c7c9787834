// An Envoy with pilot-agent's page beside it; see istio.h.
#include "dialect/istio.h"

#include "dialect/agent_page.h"
#include "dialect/envoy.h"

namespace mesh {

std::unique_ptr<Conversation> open_istio(const Target& target, const Config& config) {
  if (!target.admin || !target.metrics) return open_envoy(target, config);
  Target envoy = target;
  envoy.metrics.reset();
  return with_istio_page(open_envoy(envoy, config), target.metrics->path);
}

}  // namespace mesh
