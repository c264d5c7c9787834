// A gRPC application without a proxy, asked about itself at its own port; the dialect `proxyless`.
//
// Such a program, a client that balances itself or speaks xDS, or a server, may offer services of
// its library, each of which it must have switched on:
//
//   channelz    its channels, subchannels and servers with what they count: calls, endpoints and
//               connections (channelz_walk.h, channelz_readings.h)
//   CSDS        what its xDS client was sent and made of it (client_status.h)
//   reflection  which methods its servers have (reflection.h)
//
// Each may be missing; a program that has none of them is no target. What channelz does not tell,
// by grpc++ 1.51, grpcio 1.85, grpc-go 1.66 and grpc-java 1.85:
//
//   - methods and statuses of calls: they ended in OK or they did not
//   - durations, messages by method, limits, retries; connections that were opened, only those that
//     are open
//   - other endpoints than those that are connected to, under pick_first
//   - which policy chooses, by Java
//   - that the channel to a control plane is one: it is an upstream like any other
#pragma once

#include <memory>

#include "config/config.h"
#include "dialect/conversation.h"
#include "model/target.h"

namespace mesh {

std::unique_ptr<Conversation> open_proxyless(const Target& target, const Config& config);

}  // namespace mesh
