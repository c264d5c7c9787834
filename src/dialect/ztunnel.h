// ztunnel, the node proxy of Istio's ambient mode; the dialect `ztunnel`, the mesh `istio`.
//
// One process carries the connections of all ambient pods of its node and holds a certificate for
// each of their identities. It is no Envoy. Its admin port (15000) listens on loopback only; asked
// are
//
//   /config_dump   once an interval: everything ztunnel knows, of which `certificates` are read
//                  (wire/ztunnel_config_dump.h). The rest is the whole mesh's workloads and
//                  services, so it is long and made anew for every question
//   /              in every other poll, and where the dump cannot be had or read: a page of links
//                  that names ztunnel, a sign of life. ztunnel has nothing smaller, and answers
//                  nothing about its health at this port. Any other answer is somebody else's
//
// A certificate is listed whole from the first connection that needed it on, and renewed at half of
// its life. There is no metric of certificates, and none of a renewal that failed: a failure shows
// as one that is overdue. An identity whose certificate could not be had is listed with its state
// and without a certificate.
//
// Its page of metrics (15020) counts connections and bytes, and nothing of calls; where only that
// can be reached the target is up or down.
#pragma once

#include <memory>
#include <string_view>

#include "config/config.h"
#include "dialect/conversation.h"
#include "model/target.h"

namespace mesh {

// Whether this is the page of links at a ztunnel's admin port.
bool names_ztunnel(std::string_view page);

std::unique_ptr<Conversation> open_ztunnel(const Target& target, const Config& config);

}  // namespace mesh
