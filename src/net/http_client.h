// One keep-alive HTTP/1.1 connection to one proxy, over TCP or a Unix socket.
//
// One request at a time (a proxy answers on its main thread; two of ours must never queue there).
// Everything is bounded: the whole exchange, connecting included, by the deadline given; the body
// by max_bytes; headers by limits::http_header_bytes. A kept connection that turns out to be closed
// before the first byte of an answer is replaced once: nothing was answered, so nothing is lost.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/clock.h"
#include "model/request.h"
#include "model/target.h"
#include "net/network_namespace.h"

namespace mesh {

class HttpClient {
 public:
  // Where the address is at this moment; asked whenever a connection is opened.
  using Where = std::function<NetworkNamespace()>;

  // Everything happens on `executor`, which must be one thread or a strand, and that of the
  // coroutine that calls get().
  HttpClient(boost::asio::any_io_executor executor, Address address, Where where = nullptr);
  ~HttpClient();
  HttpClient(HttpClient&&) noexcept;
  HttpClient& operator=(HttpClient&&) noexcept;

  // GET `path`. Any complete answer is a Response, whatever its status. Failures: connect, timeout,
  // too_large, parse (not HTTP). After a failure the connection is closed; the next call opens a
  // new one. Redirects are answers like any other. The object must outlive the call. Messages name
  // neither target nor path: the caller knows them.
  // REQUIRES: no other call in progress.
  boost::asio::awaitable<Answer> get(std::string path, std::size_t max_bytes, Instant deadline);

  // What the last get() read: of an answer its body, of a failure whatever bytes had come by then.
  // A body that is refused has cost its proxy as much as one that is not.
  std::uint64_t bytes_read() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace mesh
