// An Envoy with what Istio's filter counts in it, and pilot-agent's page beside it; see istio.h.
#include "dialect/istio.h"

#include <utility>

#include "dialect/agent_page.h"
#include "dialect/envoy.h"
#include "dialect/istio_calls.h"

namespace mesh {

std::unique_ptr<Conversation> open_istio(const Target& target, const Config& config) {
  if (!target.admin) return open_envoy(target, config);
  const Duration interval = config.certificates.interval;
  Target envoy = target;
  envoy.metrics.reset();
  auto admin = with_istio_calls(open_envoy(envoy, config), interval);
  if (!target.metrics) return admin;
  return with_agent_page(std::move(admin), target.metrics->path, interval);
}

}  // namespace mesh
