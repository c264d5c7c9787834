// The stream of one accepted connection, whatever it is made of: TCP or a Unix socket, plain or
// with TLS. What is above it reads and writes bytes and does not know.
//
// A handshake and what is read and written later happen on the executor's thread: a full handshake
// takes about a millisecond of it. Nothing here waits by a clock: who gives the client a time
// closes the stream when it is over, which ends every wait.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "base/owned.h"
#include "net/dial.h"
#include "net/http_server.h"
#include "net/server_tls.h"

namespace mesh {

class WebStream {
 public:
  // Without `tls` it is plain.
  WebStream(StreamSocket socket, std::shared_ptr<const ServerTls> tls);
  ~WebStream();
  WebStream(const WebStream&) = delete;
  WebStream& operator=(const WebStream&) = delete;

  // Without a handshake (because plain HTTP came, or otherwise) the stream is a plain one from
  // here, to say so and to hang up; the alert that says why has been sent.
  enum class Opening : std::uint8_t { open, plain_http, failed };

  // The handshake, if there is one. Once, before all else.
  boost::asio::awaitable<Opening> open();

  // Some bytes; 0: the client has ended, the stream was closed or is broken.
  boost::asio::awaitable<std::size_t> read_some(std::span<char> room);
  // How many of these, of the first part before the second; 0 as above. REQUIRES: not both empty.
  boost::asio::awaitable<std::size_t> write_some(std::string_view first, std::string_view second);

  // The client is told that no more will come. It may still send.
  void end_writing();
  void close();
  bool is_open() const { return socket_.is_open(); }
  // Of the client. Asks the system, and does not wait.
  Presence presence();
  boost::asio::any_io_executor executor() { return socket_.get_executor(); }

 private:
  template <class Step>
  boost::asio::awaitable<int> tls_step(Step step);

  StreamSocket socket_;
  std::shared_ptr<const ServerTls> tls_;
  Owned<SSL, SSL_free> ssl_;  // null: plain
};

}  // namespace mesh
