// An HttpServer on a free port with an event loop in a thread of its own, for tests.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>
#include <chrono>
#include <csignal>
#include <future>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

#include "net/http_server.h"
#include "net/server_tls.h"

namespace mesh::support {

// Pages of the test server. "/wait" is answered when open_gate() is called, "/presence" then
// tells whether its client has shut his side; "/big" has 16 MiB.
class Serving {
 public:
  explicit Serving(WebBounds bounds = {}, const Address& address = {"127.0.0.1", 0, ""})
      : gate_(io_, Instant::max()),
        server_(std::make_unique<HttpServer>(
            io_.get_executor(), [this](WebRequest request) { return answer(std::move(request)); },
            bounds)),
        bound_(server_->listen(address)),
        thread_([this] { io_.run(); }) {
    std::signal(SIGPIPE, SIG_IGN);
  }

  // The loop ends by itself when the server has let go of everything.
  ~Serving() {
    open_gate();
    stop(std::chrono::seconds(0)).wait();
    until_destroyed_.reset();
    thread_.join();
  }

  std::uint16_t port() const { return bound_->port; }
  const Result<Address>& bound() const { return bound_; }

  // Over TLS from now on.
  void secure(std::shared_ptr<const ServerTls> tls) {
    std::promise<void> done;
    boost::asio::post(io_, [&] {
      server_->secure(std::move(tls));
      done.set_value();
    });
    done.get_future().wait();
  }

  // Ready when stop() has completed.
  std::future<void> stop(Duration within) {
    const Instant deadline = Instant::clock::now() + within;
    return boost::asio::co_spawn(io_, server_->stop(deadline), boost::asio::use_future);
  }

  void open_gate() {
    boost::asio::post(io_, [this] { gate_.cancel(); });
  }

  // Blocks until a request for "/wait" or "/presence" has reached the handler.
  void wait_for_waiting() { waiting_.get_future().wait(); }

 private:
  boost::asio::awaitable<WebReply> answer(WebRequest request) {
    WebReply reply;
    if (request.path == "/wait" || request.path == "/presence") {
      waiting_.set_value();
      boost::system::error_code ignored;
      auto done = boost::asio::redirect_error(boost::asio::use_awaitable, ignored);
      co_await gate_.async_wait(done);
    }
    if (request.path == "/throw") throw std::runtime_error("no snapshot");
    if (request.path == "/throw-int") throw 1;
    if (request.path == "/empty") reply.status = 204;
    if (request.path == "/only-put") {
      reply.status = 405;
      reply.allow = "PUT";
    }
    if (request.path == "/moved") {
      reply.status = 302;
      reply.location = "/elsewhere";
    }
    if (request.path == "/gzip") {
      reply.content_encoding = "gzip";
      reply.vary = "Accept, Accept-Encoding";
    }
    reply.body = request.path == "/big"
                     ? std::string(16 << 20, 'x')
                     : request.method + "|" + request.path + "|" + request.query + "|" +
                           request.accept + "|" + request.accept_encoding;
    if (request.path == "/presence")
      reply.body = request.presence() == Presence::here ? "here" : "shut";
    co_return reply;
  }

  boost::asio::io_context io_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> until_destroyed_{
      io_.get_executor()};
  boost::asio::steady_timer gate_;
  std::promise<void> waiting_;
  std::unique_ptr<HttpServer> server_;
  Result<Address> bound_;
  std::thread thread_;
};

}  // namespace mesh::support
