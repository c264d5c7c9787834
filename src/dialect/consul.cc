// An Envoy whose page has another path; see consul.h.
#include "dialect/consul.h"

#include "dialect/envoy.h"
#include "dialect/envoy_prometheus.h"

namespace mesh {

std::unique_ptr<Conversation> open_consul(const Target& target, const Config& config) {
  if (target.admin) return open_envoy(target, config);
  return open_envoy_prometheus(target.metrics->path, "/metrics");
}

}  // namespace mesh
