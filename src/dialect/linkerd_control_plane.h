// Linkerd's controllers: identity (the CA), destination, policy, and the webhooks beside them; the
// dialect `linkerd-control-plane`. Each is a container with a page of its own, /metrics at a port
// whose name ends in -admin (9990 of identity and policy, 9996 of destination), beside the proxy
// that their pods have like any other's.
//
// Identity counts the calls of Certify by status, as a gRPC library does, and tells how long its
// issuer has left. That is all that these pages tell of the mesh as such:
//
//   - no version: it is the image's, which the pod says (model/target.h)
//   - no proxies: the streams that destination and policy hold open are one for each thing that is
//     watched. None are shown
//   - no pushes: updates are counted by Service, sent or not
//   - no trust anchor. The issuer is an intermediate CA
//
// A request that is refused is answered INVALID_ARGUMENT or FAILED_PRECONDITION (a token that is
// not valid, or somebody else's); an issuer that has ended or is not of the anchors, UNKNOWN.
#pragma once

#include <memory>

#include "config/config.h"
#include "dialect/conversation.h"
#include "model/target.h"

namespace mesh {

std::unique_ptr<Conversation> open_linkerd_control_plane(const Target& target,
                                                         const Config& config);

}  // namespace mesh
