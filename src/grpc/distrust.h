// Why TLS to a gRPC server fails, or plain text where TLS is spoken. The library says no more than
// that a certificate is not trusted, or that the connection was closed, so a handshake of our own
// looks.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>

#include "base/clock.h"
#include "model/failure.h"
#include "model/grpc_server.h"
#include "net/tls_handshake.h"

namespace mesh {

// By which the server shows to us what it shows to the library; of one that is asked in plain text,
// what it would show.
TlsQuestion tls_question(const GrpcServer& server);

// The same failure with what a handshake of our own finds out about it: whose certificate has
// expired, whose name is in it, that the server asks for one of ours, that it speaks TLS and was
// asked in plain text. Nothing if that is not found out by then, or no such failure.
boost::asio::awaitable<std::optional<Failure>> found_out(GrpcServer server, Failure failure,
                                                         Instant deadline);

}  // namespace mesh
