// Runs questions of an HttpClient to their end, for tests.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include "net/http_client.h"

namespace mesh::support {

// A client with an event loop of its own. Each get() runs the loop until nothing at all is left to
// do: a timer or a wait that outlived its question would keep it from returning.
class Asking {
 public:
  explicit Asking(const Address& address) : client_(io_.get_executor(), address) {}

  Answer get(const std::string& path = "/", std::size_t max_bytes = 64 * 1024,
             std::chrono::milliseconds within = std::chrono::seconds(20)) {
    std::optional<Answer> answer;
    const Instant deadline = Instant::clock::now() + within;
    boost::asio::co_spawn(io_, ask(path, max_bytes, deadline, answer), boost::asio::detached);
    io_.restart();
    io_.run();
    return std::move(*answer);
  }

  // "200 body", or "reason: message".
  std::string say(const std::string& path = "/", std::size_t max_bytes = 64 * 1024,
                  std::chrono::milliseconds within = std::chrono::seconds(20)) {
    const Answer answer = get(path, max_bytes, within);
    if (answer) return std::to_string(answer->status) + " " + answer->body;
    return std::string(to_string(answer.error().reason)) + ": " + answer.error().message;
  }

 private:
  boost::asio::awaitable<void> ask(std::string path, std::size_t max_bytes, Instant deadline,
                                   std::optional<Answer>& result) {
    Answer answer = co_await client_.get(std::move(path), max_bytes, deadline);
    result = std::move(answer);
  }

  boost::asio::io_context io_{1};
  HttpClient client_;
};

}  // namespace mesh::support
