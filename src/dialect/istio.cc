// An Envoy with another agent's page beside it; see istio.h.
#include "dialect/istio.h"

#include "dialect/envoy.h"

namespace mesh {

std::unique_ptr<Conversation> open_istio(const Target& target, const Config& config) {
  return open_envoy(target, config);
}

}  // namespace mesh
