// Istio's sidecar: an Envoy and pilot-agent in one container; the dialect `istio`.
//
// The admin port (15000) listens on the pod's loopback only. Where it can be reached it is asked as
// any Envoy's (envoy.cc). What can be had from outside the pod is one page, /stats/prometheus:
//
//   15090  Envoy's own statistics
//   15020  pilot-agent's, then Envoy's, then the application's, one after the other, each in its
//          own style and without regard for the others: families may come twice, and a part that
//          fails is left out (agent_scrapes.h). The query of the question reaches Envoy only
//
// Envoy's part has what Istio's own filter counts: calls by status, what cut them short, messages,
// times, how callers came (istio_sample.h), and by a label of the user's the method. Where the
// admin port is asked, it is asked for that, too (istio_calls.h). Of Envoy's statistics the
// bootstrap keeps none of clusters but of xds-grpc, unless proxyStatsMatcher lets them in: then the
// same calls are told twice, and one of both is believed (istio_accounts.h). On the page the tags
// are Istio's own: the cluster's whole name stands in `cluster_name`, dots and all, so the upstream
// is exact; the method is not told (envoy_sample.h).
//
// Series that were idle for statsEvictionInterval leave the page, where that is set, and begin
// again at zero; they are other counters then (compute/counter_book.h).
//
// Which release the proxy is of stands in istio_build, the only version there is on the page.
//
// Of certificates pilot-agent tells how many seconds the workload's (`default`) has left, from its
// first issuance on, and how often asking the CA failed (agent_certificates.h). It renews at half
// of the life, within one per cent. Such a failure is one that all five tries of failed, and the
// certificate in use stays; that renewing succeeded shows by the gauge alone. Where pilot-agent
// gets the certificate over SDS from somebody else (SPIRE, a file of the CNI) it tells nothing.
// What it counts of its connection to istiod makes the link to the control plane; there is no gauge
// of it. istio_agent_envoy_connection_terminations is Envoy's connection to the agent and says
// nothing of istiod.
//
// istiod's own page is another dialect's: istiod.h.
#pragma once

#include <memory>

#include "config/config.h"
#include "dialect/conversation.h"
#include "model/target.h"

namespace mesh {

std::unique_ptr<Conversation> open_istio(const Target& target, const Config& config);

}  // namespace mesh
