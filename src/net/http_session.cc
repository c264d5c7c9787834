// The conversation of one connection. Every wait for the client stands under the watchdog, which
// closes the socket; the wait then ends with an error and so does the conversation.
#include "net/http_session.h"

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <string>
#include <utility>

#include "base/log.h"
#include "net/http_reply.h"

namespace mesh {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

// A socket closed with unread bytes resets the connection, and the reset can overtake the answer
// that says why. So before closing we read on for a moment, up to this much.
constexpr std::size_t hang_up_bytes = 256 * 1024;
constexpr std::chrono::seconds hang_up_time{1};

std::array<asio::const_buffer, 2> unsent(std::string_view head, std::string_view body,
                                         std::size_t sent) {
  const auto of_head = std::min(sent, head.size());
  head.remove_prefix(of_head);
  body.remove_prefix(sent - of_head);
  return {asio::const_buffer(head.data(), head.size()),
          asio::const_buffer(body.data(), body.size())};
}

}  // namespace

HttpSession::HttpSession(tcp::socket socket, const WebHandler& handler, const WebBounds& bounds)
    : socket_(std::move(socket)),
      handler_(handler),
      bounds_(bounds),
      watchdog_(socket_.get_executor()),
      idle_since_(Instant::clock::now()) {
  error_code ignored;
  socket_.set_option(tcp::no_delay(true), ignored);
}

asio::awaitable<void> HttpSession::run() {
  bool more = true;
  while (more) {
    HttpQuestion question;
    const bool asked = co_await read(question);
    if (!asked) break;
    const bool keep_alive = question.keep_alive;
    const bool head_only = question.web.method == "HEAD";
    const WebReply reply = co_await answer(std::move(question));
    more = keep_alive && !finishing_;
    const std::string head = reply_head(reply, more, std::chrono::system_clock::now());
    const bool has_body = !head_only && may_have_body(reply.status);
    const std::string_view body = has_body ? std::string_view(reply.body) : std::string_view();
    const bool sent = co_await write(head, body);
    if (!sent || finishing_) break;  // finish() may have come while the answer was under way
    if (!more) co_await hang_up();
  }
  close();
}

void HttpSession::finish() {
  finishing_ = true;
  if (idle_since_) close();
}

void HttpSession::close() {
  watchdog_.disarm();
  error_code ignored;
  socket_.shutdown(tcp::socket::shutdown_both, ignored);
  socket_.close(ignored);
}

void HttpSession::close_at(Instant when) {
  watchdog_.arm(when, [this] { close(); });
}

// One deadline for the whole request: a client that sends a byte now and then is cut off as well.
asio::awaitable<bool> HttpSession::read(HttpQuestion& question) {
  error_code error;
  auto done = asio::redirect_error(asio::use_awaitable, error);
  idle_since_ = Instant::clock::now();
  close_at(*idle_since_ + bounds_.idle);
  while (!reader_.next(question)) {
    const std::span<char> room = reader_.room();
    const auto in = asio::buffer(room.data(), room.size());
    const std::size_t bytes = co_await socket_.async_read_some(in, done);
    if (error) co_return false;
    reader_.arrived(bytes);
  }
  idle_since_.reset();
  watchdog_.disarm();
  co_return socket_.is_open();
}

asio::awaitable<WebReply> HttpSession::answer(HttpQuestion question) {
  if (question.refusal != 0) co_return plain_reply(question.refusal);
  const std::string path = question.web.path;
  std::string trouble = "not a std::exception";
  try {
    WebReply reply = co_await handler_(std::move(question.web));
    co_return reply;
  } catch (const std::exception& e) {
    trouble = e.what();
  } catch (...) {
  }
  log(LogLevel::error, "a page could not be made", {{"path", path}, {"error", trouble}});
  co_return plain_reply(500);
}

// Two deadlines: for the next piece, and for all of them.
asio::awaitable<bool> HttpSession::write(std::string_view head, std::string_view body) {
  error_code error;
  auto done = asio::redirect_error(asio::use_awaitable, error);
  std::size_t sent = 0;
  const Instant deadline = Instant::clock::now() + bounds_.answer;
  while (sent < head.size() + body.size()) {
    const auto rest = unsent(head, body, sent);
    close_at(std::min(Instant::clock::now() + bounds_.stall, deadline));
    const std::size_t bytes = co_await socket_.async_write_some(rest, done);
    if (error) co_return false;
    sent += bytes;
  }
  watchdog_.disarm();
  co_return true;
}

asio::awaitable<void> HttpSession::hang_up() {
  error_code error;
  auto done = asio::redirect_error(asio::use_awaitable, error);
  std::array<char, 4096> bytes_to_ignore;
  const auto in = asio::buffer(bytes_to_ignore);
  std::size_t total = 0;
  socket_.shutdown(tcp::socket::shutdown_send, error);
  idle_since_ = Instant::clock::now();
  close_at(*idle_since_ + hang_up_time);
  while (!error && total < hang_up_bytes) {
    const std::size_t bytes = co_await socket_.async_read_some(in, done);
    total += bytes;
  }
}

}  // namespace mesh
