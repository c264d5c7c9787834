// Sockets that listen, of every kind our server may have: TCP by address or name, Unix sockets by
// path, and those that a service manager has opened for us.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <memory>

#include "base/result.h"
#include "model/address.h"

namespace mesh {

using StreamAcceptor = boost::asio::basic_socket_acceptor<boost::asio::generic::stream_protocol>;

// A socket that listens, and where: for port 0 the one that was found. A Unix socket's file is
// taken away with it, unless another one stands there by then.
class Listener {
 public:
  // An empty host means all addresses (IPv6 with IPv4; IPv4 alone where the machine has no IPv6). A
  // name is looked up in the foreground. The file of a Unix socket gets mode 0660; one that nobody
  // listens at any more is replaced, what is no socket or still in use is not. An error names the
  // address.
  static Result<Listener> open(const boost::asio::any_io_executor& executor,
                               const Address& address);

  // Takes over a descriptor, which must be that of a listening stream socket; an error otherwise,
  // and it is left as it is. Its file, if it has one, is its owner's.
  static Result<Listener> adopt(const boost::asio::any_io_executor& executor, int descriptor);

  StreamAcceptor& acceptor() const;
  const Address& where() const;

 private:
  struct State;
  explicit Listener(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
};

}  // namespace mesh
