// What the gRPC library means by a status that no server has sent: to its callers a lost
// connection, a certificate that is not trusted and a server that says UNAVAILABLE look alike, and
// here they must not.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "model/failure.h"

namespace mesh {

// How a failure is told whose reason is timeout.
inline constexpr std::string_view no_answer = "no answer in time";

// How failures of TLS are told of which it is not known why yet (distrust.h).
inline constexpr std::string_view not_trusted = "the certificate is not trusted",
                                  another_name = "the certificate is for another name",
                                  another_identity = "the certificate is of another identity";

// How it is told of who does not speak HTTP/2; of TLS nothing is known then (distrust.h).
inline constexpr std::string_view no_http2 = "the server speaks HTTP/1 and no HTTP/2";

// What had become of the connection over which a call went when the call had ended.
enum class Connection : std::uint8_t {
  none,  // there was none yet: no server can have said anything
  lost,
  kept,  // it goes on: what was said over it the server has said
};

// Whether the library says so of a connection that has ended. A server may write the same: what
// became of the connection must be looked at.
bool may_be_of_the_connection(std::string_view code, std::string_view message);

// Nothing if the server itself has said so. `code` is as in grpc_code_names, `message` is the
// status's; `late`: the deadline has passed. `connection` is looked at in what
// may_be_of_the_connection() only, beyond whether there was one.
std::optional<Failure> failure_of(std::string_view code, std::string_view message,
                                  Connection connection, bool late);

// Whether the other end has closed the connection, and said no more.
bool is_closed(const Failure& failure);

// Whether the connection may be to blame: another one may do better.
bool may_be_the_connections(Reason reason);

}  // namespace mesh
