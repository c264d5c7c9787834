// The page of a server, and what it takes to be given it; see consul_server.h.
#include "dialect/consul_server.h"

#include "dialect/plane.h"

namespace mesh {

std::unique_ptr<Conversation> open_consul_server(const Target& target, const Config&) {
  return open_plane(target, {"consul", "/v1/agent/metrics?format=prometheus",
                             "; the server's ACLs do not let the agent ask: give the anonymous "
                             "token agent:read (agent_prefix \"\" { policy = \"read\" })",
                             "; set telemetry.prometheus_retention_time of the server, and "
                             "disable_hostname"});
}

}  // namespace mesh
