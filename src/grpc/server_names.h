// What a server is called: by the gRPC library, and among the channels that there are.
#pragma once

#include <string>

#include "model/grpc_server.h"

namespace mesh {

// By which the library finds it: "dns:///users%3A50051". A name alone would be taken for the scheme
// of a URL.
std::string library_target(const Address& address);

// Whom a connection to it has as its peer, in the library's words (connections.h). "" if that is
// known only when its name was looked up.
std::string peer_name(const Address& address);

// Differs where servers differ.
std::string key_of(const GrpcServer& server);

}  // namespace mesh
