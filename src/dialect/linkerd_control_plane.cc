// The page of a controller; see linkerd_control_plane.h.
#include "dialect/linkerd_control_plane.h"

#include "dialect/plane.h"

namespace mesh {

std::unique_ptr<Conversation> open_linkerd_control_plane(const Target& target, const Config&) {
  return open_plane(target, {"linkerd", "/metrics"});
}

}  // namespace mesh
