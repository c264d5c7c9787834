// ztunnel, the node proxy of Istio's ambient mode; the dialect `ztunnel`, the mesh `istio`.
//
// One process carries the connections of all ambient pods of its node and holds a certificate for
// each of their identities. It is no Envoy. It has two doors, and each tells what the other does
// not; where both can be reached, both are asked:
//
//   /metrics       at 15020, in every poll: how many connections were opened and closed, and their
//                  bytes, for each workload of the node (ztunnel_page.h). What its gRPC calls are,
//                  it does not know: the protocol is always tcp, and 34 calls over one connection
//                  are one connection. The body is OpenMetrics, whatever Content-Type it is given
//   /config_dump   at the admin port (15000, on loopback only), once an interval: everything
//                  ztunnel knows, of which `certificates` are read (wire/ztunnel_config_dump.h).
//                  The rest is the whole mesh's workloads and services, so it is long and made anew
//                  for every question
//   /              at the admin port, in every poll, where the page is not to be had: a page of
//                  links that names ztunnel, a sign of life. There is nothing smaller, and nothing
//                  about its health at this port. Any other answer is somebody else's
//
// The page, or else the links, must be answered: without that the target is down. A dump that
// cannot be had or read is missing and nothing else.
//
// A certificate is listed whole from the first connection that needed it on, and renewed at half of
// its life. There is no metric of certificates, and none of a renewal that failed: a failure shows
// as one that is overdue. An identity whose certificate could not be had is listed with its state
// and without a certificate.
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
