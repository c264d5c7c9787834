// Why the certificate of a gRPC server is not trusted, or ours not by it. The library says no more
// than that it is not, or that the connection was closed, so a handshake of our own looks.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>

#include "base/clock.h"
#include "model/grpc_server.h"
#include "net/tls_handshake.h"

namespace mesh {

// By which the server shows to us what it shows to the library; of one that is asked in plain text,
// what it would show.
TlsQuestion tls_question(const GrpcServer& server);

// "\"CN=users\" has expired"; "" where that is not found out by then. Of whom there is no ca_file
// the dates are looked at, and else the issuer is told.
boost::asio::awaitable<std::string> why_not_trusted(GrpcServer server, Instant deadline);

// "the server refused the client certificate with the TLS alert …", or that it asks for one where
// we have none or that it may not trust ours; "" if neither. For a server that closes the
// connection over TLS.
boost::asio::awaitable<std::string> why_not_admitted(GrpcServer server, Instant deadline);

}  // namespace mesh
