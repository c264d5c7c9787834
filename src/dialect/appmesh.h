// AWS App Mesh's sidecar: an Envoy in the container `envoy`; the dialect `appmesh`.
//
// Its admin port (9901) listens on all addresses, so everything any Envoy tells (envoy.cc) can be
// had from outside the pod, page and certificates included. Certificates are ACM's, files, or
// SPIRE's over SDS: when they are renewed is told by their names, not by the mesh
// (compute/rotation_points.cc).
//
// App Mesh takes port 15000, Istio's admin port, for traffic: a port says nothing about a mesh.
#pragma once

#include <memory>

#include "config/config.h"
#include "dialect/conversation.h"
#include "model/target.h"

namespace mesh {

std::unique_ptr<Conversation> open_appmesh(const Target& target, const Config& config);

}  // namespace mesh
