// Opens a stream to an Address: the lookup of its name, each address it has, each within a share of
// the time that is left, so that one that swallows packets does not keep us from the next one.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <optional>

#include "base/clock.h"
#include "model/failure.h"
#include "model/target.h"
#include "net/network_namespace.h"

namespace mesh {

using StreamSocket = boost::asio::generic::stream_protocol::socket;

// Connects `socket`, closing what it was before. Nothing, or why not: connect or timeout. Never
// takes longer than to the deadline, although a lookup cannot be interrupted: it then runs out
// unheard, on Asio's one lookup thread, and holds up other lookups meanwhile.
// REQUIRES: the executor of the socket is the one this runs on, and one thread or a strand.
boost::asio::awaitable<std::optional<Failure>> dial(StreamSocket& socket, const Address& address,
                                                    Instant deadline);

// The same in another network namespace; a name is looked up in ours all the same. (Not by a
// default argument: that is a temporary in a co_await expression, which g++ 12 destroys twice.)
boost::asio::awaitable<std::optional<Failure>> dial(StreamSocket& socket, const Address& address,
                                                    Instant deadline,
                                                    const NetworkNamespace& within);

}  // namespace mesh
