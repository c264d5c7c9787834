// The page of istiod; see istiod.h.
#include "dialect/istiod.h"

#include "dialect/plane.h"

namespace mesh {

std::unique_ptr<Conversation> open_istiod(const Target& target, const Config&) {
  return open_plane(target, {"istio", "/metrics"});
}

}  // namespace mesh
