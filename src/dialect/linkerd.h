// Linkerd's sidecar, linkerd2-proxy; the dialect `linkerd`.
//
// One page tells everything, /metrics at 4191, which listens on all addresses but obeys the policy
// of the workload: with `deny` and its like it answers 403 to who is not authorised. It is no Envoy
// and has no second port; a target's `admin` and `metrics` are the same place here.
//
// The page is two texts in one, the proxy's own printer first, then a library's in OpenMetrics with
// "# UNIT" lines and "# EOF": counters come with and without _total in their TYPE, which nobody
// here reads. The order of samples is that of a hash. Families of traffic lose series that were
// idle for ten minutes, and asking is what makes them go.
//
// Read so far: the process (version, start) and the certificate. Of that the page tells when it
// ends and when it was obtained (agent_certificates.h), so its whole life is known, to the second
// or so: the beginning is the proxy's clock when the answer came, not what the certificate says.
// Both are 0 until the first one. It is renewed at 70 % of the life.
//
// What fails is hardly told: refreshes with result="error" are certificates that came and were
// refused. An identity controller that does not answer is counted nowhere, the proxy stays `ready`
// even after the expiry, and the next try is at 70 % of what is left. So of a controller that is
// gone the overdue renewal is the first sign.
#pragma once

#include <memory>

#include "config/config.h"
#include "dialect/conversation.h"
#include "model/target.h"

namespace mesh {

std::unique_ptr<Conversation> open_linkerd(const Target& target, const Config& config);

}  // namespace mesh
