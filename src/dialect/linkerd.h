// Linkerd's sidecar, linkerd2-proxy; the dialect `linkerd`.
//
// One page tells everything, /metrics at 4191, which listens on all addresses but obeys the policy
// of the workload: with `deny` and its like it answers 403 to who is not authorised. It is no Envoy
// and has no second port; a target's `admin` and `metrics` are the same place here.
//
// The page is two texts in one, the proxy's own printer first, then a library's in OpenMetrics with
// "# UNIT" lines and "# EOF": counters come with and without _total in their TYPE, which nobody
// here reads. The order of samples is that of a hash. Families of the older text lose series that
// were idle for ten minutes, and asking is what makes them go; they begin again at zero, while the
// newer text keeps its own. Neither is a restart, which process_start_time_seconds tells: a series
// that returns is counted by its whole value (compute/counter_book.h).
//
// Read are, in two passes over the page, for what a sample means depends on the others:
//
//   calls      by status, of each upstream from the family that tells the truth about it
//              (linkerd_truth.h, linkerd_answer.h); by method where a ServiceProfile names its
//              routes after methods; of callers from response_total
//   durations  from the request's headers until the end of the answer, of each attempt, in whole
//              milliseconds; of upstreams and ports that answered nothing but gRPC
//   upstreams  attempts, retries, timeouts, connections, endpoints, what waits (linkerd_traffic.h,
//              linkerd_upstreams.h)
//   security   of the connections that requests came and went by; denials of callers by policies
//   the rest   the process; the links to the control plane; the certificate: when it ends and when
//              it was obtained (agent_certificates.h), so its whole life is known, to the second or
//              so: the beginning is the proxy's clock when the answer came, not what the
//              certificate says. Both are 0 until the first one. It is renewed at 70 % of the life
//
// What Linkerd does not tell, by 2.366 (docs/adr/0008-linkerd.md has what was measured):
//
//   - the method of calls by a GRPCRoute (whose name is no method's), by no route, and of all that
//     callers sent here: grpc_service and grpc_method are "". A ServiceProfile with a route for
//     each method, "/user.v1.UserService/GetUser", shows them
//   - calls that never had an answer: given up by the client before the headers came. They are
//     attempts without a call; their number cannot be told from what is under way
//   - the status of streams that were cut short, and by whom: resets of the kind "unknown"
//   - retries by a route that is no GRPCRoute: there each attempt is a call
//   - whether requests were gRPC that found no endpoint by such a route: they are unhealthy picks
//   - messages: frames of HTTP/2 are counted, which are neither messages nor in proportion to them
//   - requests under way, limits and breakers; the state of an endpoint; the heap (of the memory
//     only what the kernel counts, and that the control group tells)
//   - why a renewal failed. Refreshes with result="error" are certificates that came and were
//     refused. An identity controller that answers with an error shows among the answers of the
//     control plane and is counted as `request_failed`; one that does not answer shows nowhere, the
//     proxy stays `ready` even after the expiry, and the next try is at 70 % of what is left: there
//     the overdue renewal is the first sign
#pragma once

#include <memory>

#include "config/config.h"
#include "dialect/conversation.h"
#include "model/target.h"

namespace mesh {

std::unique_ptr<Conversation> open_linkerd(const Target& target, const Config& config);

}  // namespace mesh
