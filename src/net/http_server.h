// Our own HTTP/1.1 server: listens, reads requests, asks the handler, writes its replies.
//
// Knows nothing of metrics. GET and HEAD only are passed on; everything else is answered here
// (405, 400, 413, 431). Bounded: connections, header and body size, idle time. Keep-alive and
// pipelining as HTTP/1.1 has them. The handler may run elsewhere (it is awaited), so a big page
// does not hold up the io_context.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/limits.h"
#include "base/result.h"
#include "model/target.h"

namespace mesh {

struct WebRequest {
  std::string method;  // "GET" or "HEAD"
  std::string path;    // without query
  std::string query;   // without '?'; "" if there is none
  std::string accept;  // header values, "" where absent
  std::string accept_encoding;
};

struct WebReply {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body;
  std::string content_encoding;  // "gzip" or ""
  std::string location;          // for redirects
  std::string vary;              // "Accept, Accept-Encoding" where the body depends on them
};

// May throw: that is answered with 500 and logged.
using WebHandler = std::function<boost::asio::awaitable<WebReply>(WebRequest request)>;

struct WebBounds {
  // Beyond it a connection is answered with 503 and closed, so that the cause can be seen.
  std::size_t connections = limits::server_connections;
  // For the whole of a request to arrive, and for each piece of an answer to be taken.
  Duration idle = limits::server_idle;
};

class HttpServer {
 public:
  // Everything happens on `executor`, which must be one thread or a strand; so must all calls.
  HttpServer(boost::asio::any_io_executor executor, WebHandler handler, WebBounds bounds = {});
  // Closes everything at once. Handlers still being awaited run out unheard.
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  // Binds and listens; may be called several times. An empty host means all addresses (IPv6 with
  // IPv4; IPv4 alone where the machine has no IPv6). Port 0 picks a free one. Returns the address
  // really bound, or an error that names the one asked for. TCP only. A name is looked up in the
  // foreground: call this at start-up.
  Result<Address> listen(const Address& address);

  // Stops accepting, lets requests in progress finish, closes idle connections at once; completes
  // when all are closed or at the deadline, when it closes the rest. The object must outlive it.
  boost::asio::awaitable<void> stop(Instant deadline);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace mesh
