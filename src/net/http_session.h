// One accepted connection of our server: reads requests, asks the handler, writes its answers, one
// after the other until either side has had enough.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <string_view>

#include "net/http_question.h"
#include "net/http_server.h"
#include "net/watchdog.h"

namespace mesh {

class HttpSession {
 public:
  // `handler` must outlive the session.
  HttpSession(boost::asio::ip::tcp::socket socket, const WebHandler& handler, Duration idle);

  // Until the connection is closed. The object must outlive it.
  boost::asio::awaitable<void> run();

  // No more requests: closes at once if none is in progress, else after its answer.
  void finish();
  void close();

 private:
  boost::asio::awaitable<bool> read(HttpQuestion& question);
  boost::asio::awaitable<WebReply> answer(HttpQuestion question);
  boost::asio::awaitable<bool> write(std::string_view head, std::string_view body);
  boost::asio::awaitable<void> hang_up();
  void close_after(Duration time);

  boost::asio::ip::tcp::socket socket_;
  const WebHandler& handler_;
  const Duration idle_;
  Watchdog watchdog_;
  HttpQuestionReader reader_;
  bool in_progress_ = false;  // a request has begun to arrive and is not answered
  bool finishing_ = false;
};

}  // namespace mesh
