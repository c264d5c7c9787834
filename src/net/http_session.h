// One accepted connection of our server: reads requests, asks the handler, writes its answers, one
// after the other until either side has had enough.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <string_view>

#include "base/clock.h"
#include "net/http_question.h"
#include "net/http_server.h"
#include "net/watchdog.h"
#include "net/web_stream.h"

namespace mesh {

class HttpSession {
 public:
  // `handler` and `bounds` must outlive the session. Without `tls` it is plain.
  HttpSession(StreamSocket socket, std::shared_ptr<const ServerTls> tls, const WebHandler& handler,
              const WebBounds& bounds);

  // Until the connection is closed. The object must outlive it.
  boost::asio::awaitable<void> run();

  // Whether it owes its client nothing: no request has arrived whole, or the last word has been
  // said. And since when that is so, or a request is being answered.
  bool is_idle() const { return idle_; }
  Instant since() const { return since_; }

  // No more requests: closes at once if none is being answered, else after that answer.
  void finish();
  // The same, but who has not been answered yet is, once: nobody dials anew who is just dialling.
  void retire();
  void close();

 private:
  boost::asio::awaitable<bool> open();
  boost::asio::awaitable<bool> read(HttpQuestion& question);
  boost::asio::awaitable<WebReply> answer(HttpQuestion question);
  boost::asio::awaitable<bool> write(WebReply& reply, std::string_view head, bool has_body);
  boost::asio::awaitable<void> hang_up();
  void close_at(Instant when);
  void become(bool idle);

  WebStream stream_;
  const WebHandler& handler_;
  const WebBounds& bounds_;
  Watchdog watchdog_;
  HttpQuestionReader reader_;
  bool idle_ = true;
  Instant since_;
  bool answered_ = false;  // at least once
  bool finishing_ = false;
};

}  // namespace mesh
