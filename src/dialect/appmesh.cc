// An Envoy whose admin port is open to all; see appmesh.h.
#include "dialect/appmesh.h"

#include "dialect/envoy.h"

namespace mesh {

std::unique_ptr<Conversation> open_appmesh(const Target& target, const Config& config) {
  return open_envoy(target, config);
}

}  // namespace mesh
