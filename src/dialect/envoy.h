// Envoy, as anybody runs it: the dialect `envoy`. What is asked when, and why, is told in envoy.cc
// for the admin port and in envoy_prometheus.h for a Prometheus port.
#pragma once

#include <memory>

#include "config/config.h"
#include "dialect/conversation.h"
#include "model/target.h"

namespace mesh {

// With an admin port: statistics in raw names, identity, endpoints. With a metrics port only: what
// the Prometheus form of the same statistics tells for certain (envoy_prometheus.h). With both: the
// admin port, and rarely the page for what the mesh's own agent says on it (agent_page.h).
std::unique_ptr<Conversation> open_envoy(const Target& target, const Config& config);

}  // namespace mesh
