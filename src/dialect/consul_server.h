// Consul's servers: /v1/agent/metrics?format=prometheus at the HTTP port (8500); the dialect
// `consul-server`. The page is empty unless telemetry.prometheus_retention_time is set, and it
// wants `agent:read` where ACLs are on, else it is a 403. This program has no token to show: an
// anonymous one must have that right. With disable_hostname the names are as read here; without it
// each begins with the host's and nothing is understood.
//
// Told are the version, the open xDS streams (one for each sidecar or dataplane, also of those that
// are only being configured), the ends of root and signing certificate, and signed requests.
// Oddities, by 1.20.6:
//
//   - every gauge that is declared has a second line without labels, at 0; the line with the
//   version
//     comes some seconds after the start
//   - what a request for a certificate came to is in consul_rpc_server_call, which the default
//     telemetry.prefix_filter blocks: without "+consul.rpc.server.call" no issuance is told, and
//     none is shown. It tells that one failed, not why: also one over the limit of
//     csr_max_per_second, which is asked for again
//   - a server that is not the leader hands such a request on, and counts it; what the leader
//   counts
//     is read, so that the servers may be added up
//   - the ends are set once an hour, by the leader; others say NaN (agent_certificates.h)
//   - a series that did not move for prometheus_retention_time is dropped when somebody asks, and
//     begins anew. What happened between that and our next look is lost if it is less than what was
//     before; a long retention avoids it
//   - nothing tells which configuration was refused by whom
#pragma once

#include <memory>

#include "config/config.h"
#include "dialect/conversation.h"
#include "model/target.h"

namespace mesh {

std::unique_ptr<Conversation> open_consul_server(const Target& target, const Config& config);

}  // namespace mesh
