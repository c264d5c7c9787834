// Applications' own metrics: the page of a process whose gRPC library counts its calls; the dialect
// `app`. It is what there is for a service without a mesh, and for one whose mesh tells no methods.
//
// Libraries spell the same things in a dozen ways: app_families.h has the list. What none of them
// is asked for is a blind spot that each has on its own; docs/applications.md names them. Some that
// hold for all: a call is counted at its end; only what went through the library's interceptor or
// plugin is counted; a server's status is what the server knows, so that a caller's
// DEADLINE_EXCEEDED may be CANCELLED here, or OK.
//
// Two accounts of the same calls may stand on one page: a process that moves from grpc-prometheus
// to OpenTelemetry has both. They are never added up. For each direction one account is believed,
// the first in the list that has counted a call, and it stays believed as long as the page has it:
// a page is not made in one instant, and of two accounts either may be a call ahead. If it has gone
// from a page that was read whole, the process is another one, and the choice is made anew.
//
// A restart shows by process_start_time_seconds where the page has it (process_start.h), else by
// counters that fell (compute/counter_book.h).
//
// Where Istio's agent merges the application's page into its own, that is asked, without Envoy's
// part: it is reached under strict mutual TLS, which the application's port is not. When the agent
// does not get it the page is empty of it, and counts that on itself (agent_scrapes.h): then
// nothing is heard of the application's counters, which are not taken for gone.
//
// An empty page is healthy: many libraries have nothing to tell before the first call.
#pragma once

#include <memory>

#include "config/config.h"
#include "dialect/conversation.h"
#include "model/target.h"

namespace mesh {

std::unique_ptr<Conversation> open_app(const Target& target, const Config& config);

}  // namespace mesh
