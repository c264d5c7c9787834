// What the gRPC library means by a status that no server has sent: to its callers a lost
// connection, a certificate that is not trusted and a server that says UNAVAILABLE look alike, and
// here they must not.
#pragma once

#include <optional>
#include <string_view>

#include "model/failure.h"

namespace mesh {

// Nothing if the server itself has said so. `code` is as in grpc_code_names, `message` is the
// status's; `answered`: something of an answer had come; `late`: the deadline has passed.
std::optional<Failure> failure_of(std::string_view code, std::string_view message, bool answered,
                                  bool late);

// Whether the connection may be to blame: another one may do better.
bool may_be_the_connections(Reason reason);

}  // namespace mesh
