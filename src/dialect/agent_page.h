// A target with both an admin port and a page of metrics: the page is asked beside the admin port,
// rarely, for what only the mesh's own agent tells there (agent_certificates.h).
//
// A conversation around another one. That one holds the poll as if it were alone; once it ends well
// and the page is due, the page is asked. A page that fails is missing and nothing else: what the
// admin port told stays.
#pragma once

#include <memory>
#include <string>

#include "base/clock.h"
#include "dialect/conversation.h"

namespace mesh {

// The page is asked in the first poll, then once an interval, whether it answered or not; one that
// again and again does not answer in time, or is too long, at most every eighth. `path` is the page
// as configured; it is asked for without Envoy's part, which the admin port tells better.
std::unique_ptr<Conversation> with_agent_page(std::unique_ptr<Conversation> admin,
                                              const std::string& path, Duration interval);

// Istio's /stats/prometheus has the agent's own metrics (12 kB), Envoy's (240 kB where all are
// kept) and the application's, one behind the other: that page without Envoy's, any other as it is.
// A filter that nothing passes is added, which the agent hands on to Envoy and applies to nobody
// else (pilot/cmd/pilot-agent/status/server.go).
std::string without_envoys_part(const std::string& path);

}  // namespace mesh
