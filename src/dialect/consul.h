// Consul's sidecar: an Envoy configured by consul-dataplane, or by `consul connect envoy`; the
// dialect `consul`.
//
// The admin port (19000, one more for each further service of the pod) listens on loopback and is
// asked as any Envoy's (envoy.cc). There is no SDS: leaves stand in the configuration of listeners
// and clusters, and a new leaf replaces these, so SDS counters stay 0, counters of clusters begin
// anew at every rotation, and /certs lists old leaves for ten minutes. Leaves live 72 hours and are
// renewed at a random moment between 60 and 90 % of that.
//
// A page exists only where metrics are enabled, at :20200/metrics. It is Envoy's own, or
// consul-dataplane's, which puts its own statistics, Envoy's and the application's together, hands
// the query on to Envoy, and answers 500 for all of it if one part fails. It says whether the
// dataplane reaches its servers, which Envoy, whose control plane is the dataplane, does not see,
// and nothing of certificates. Consul's tags are in front, the names mangled by dots as any
// Envoy's.
//
// Consul's servers have a dialect of their own (consul_server.h). A client agent may be a target of
// this one (/v1/agent/metrics?format=prometheus): it tells when its own certificate ends.
#pragma once

#include <memory>

#include "config/config.h"
#include "dialect/conversation.h"
#include "model/target.h"

namespace mesh {

std::unique_ptr<Conversation> open_consul(const Target& target, const Config& config);

}  // namespace mesh
