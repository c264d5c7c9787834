// One exchange at a time: dial if no connection is kept, write the question, feed what comes back
// to HttpAnswer until it is whole. A watchdog closes the socket at the deadline.
#include "net/http_client.h"

#include <sys/socket.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <cerrno>
#include <optional>
#include <string_view>
#include <utility>

#include "base/build.h"
#include "base/limits.h"
#include "net/dial.h"
#include "net/error_words.h"
#include "net/host_header.h"
#include "net/http_answer.h"
#include "net/watchdog.h"

namespace mesh {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

std::string question_text(const std::string& host, const std::string& path) {
  std::string text =
      "GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\nUser-Agent: mesh_exporter/";
  text += build::version;
  text +=
      "\r\nAccept: text/plain;version=0.0.4, */*;q=0.5\r\nAccept-Encoding: identity\r\n"
      "Connection: keep-alive\r\n\r\n";
  return text;
}

// Nothing, or why this can not be a request target. Paths come from the configuration too.
std::optional<Failure> unfit(std::string_view path) {
  if (path.size() > limits::request_target_bytes) {
    return Failure{Reason::too_large, "question longer than " +
                                          std::to_string(limits::request_target_bytes) + " bytes"};
  }
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte <= 0x20 || byte >= 0x7f) {
      return Failure{Reason::parse, "question with a byte that must be percent-encoded"};
    }
  }
  return std::nullopt;
}

Failure too_late() { return {Reason::timeout, "no time to ask"}; }

}  // namespace

struct HttpClient::State {
  State(asio::any_io_executor executor, Address its_address, Where its_where)
      : address(std::move(its_address)),
        where(std::move(its_where)),
        host(host_header(address)),
        socket(executor),
        watchdog(executor) {}

  bool can_reuse();
  void close();
  Failure failure_of(const error_code& error, bool begun) const;
  asio::awaitable<Answer> exchange(const std::string& question, std::size_t max_bytes,
                                   Instant deadline);

  const Address address;
  const Where where;
  const std::string host;
  StreamSocket socket;
  Watchdog watchdog;
  std::uint64_t connection = 0;
  std::uint64_t bytes_read = 0;  // of the last exchange
  bool kept = false;             // the last exchange left the connection fit for another one
  bool unanswered = false;  // the last exchange failed before the first byte, not by the deadline
};

// A kept connection on which anything has happened is of no use: the peer closed it, or sent
// something that we would take for the answer to our next question (a 408 before it closes).
bool HttpClient::State::can_reuse() {
  if (!kept) return false;
  char byte = 0;
  const auto got = ::recv(socket.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

void HttpClient::State::close() {
  kept = false;
  error_code ignored;
  socket.close(ignored);
}

Failure HttpClient::State::failure_of(const error_code& error, bool begun) const {
  if (watchdog.bit()) {
    return {Reason::timeout, begun ? "answer not complete in time" : "no answer in time"};
  }
  return {Reason::connect, in_words(error) + (begun ? " in the middle of the answer" : "")};
}

asio::awaitable<Answer> HttpClient::State::exchange(const std::string& question,
                                                    std::size_t max_bytes, Instant deadline) {
  kept = false;  // until the answer is whole
  HttpAnswer answer(max_bytes);
  auto progress = HttpAnswer::Progress::more;
  error_code error;
  auto done = asio::redirect_error(asio::use_awaitable, error);
  watchdog.arm(deadline, [this] { close(); });

  Response response;
  response.connection = connection;
  response.sent = Instant::clock::now();
  const auto out = asio::buffer(question);
  co_await asio::async_write(socket, out, done);
  while (!error && progress == HttpAnswer::Progress::more) {
    const std::span<char> room = answer.room();
    const auto in = asio::buffer(room.data(), room.size());
    const std::size_t bytes = co_await socket.async_read_some(in, done);
    if (!error) {
      progress = answer.arrived(bytes);
    } else if (error == asio::error::eof) {
      error = {};
      progress = answer.ended();
    }
  }
  response.received = Instant::clock::now();
  response.received_at = WallTime::clock::now();
  watchdog.disarm();

  bytes_read = answer.bytes();
  unanswered = !answer.begun() && !watchdog.bit();
  if (error) co_return failure_of(error, answer.begun());
  if (progress == HttpAnswer::Progress::broken) co_return answer.failure();
  kept = answer.reusable() && socket.is_open();
  response.status = answer.status();
  response.body = answer.take_body();
  bytes_read = response.body.size();
  co_return response;
}

HttpClient::HttpClient(asio::any_io_executor executor, Address address, Where where)
    : state_(std::make_unique<State>(std::move(executor), std::move(address), std::move(where))) {}
HttpClient::~HttpClient() = default;
HttpClient::HttpClient(HttpClient&&) noexcept = default;
HttpClient& HttpClient::operator=(HttpClient&&) noexcept = default;

std::uint64_t HttpClient::bytes_read() const { return state_->bytes_read; }

asio::awaitable<Answer> HttpClient::get(std::string path, std::size_t max_bytes, Instant deadline) {
  State& s = *state_;
  s.bytes_read = 0;
  if (const auto why = unfit(path)) co_return *why;
  if (Instant::clock::now() >= deadline) co_return too_late();
  const std::string question = question_text(s.host, path);
  if (s.can_reuse()) {
    Answer answer = co_await s.exchange(question, max_bytes, deadline);
    if (!s.kept) s.close();
    if (answer || !s.unanswered) co_return answer;
  }
  NetworkNamespace within;
  if (s.where) within = s.where();
  const std::optional<Failure> not_connected = co_await dial(s.socket, s.address, deadline, within);
  if (not_connected) co_return *not_connected;
  ++s.connection;
  Answer answer = co_await s.exchange(question, max_bytes, deadline);
  if (!s.kept) s.close();
  co_return answer;
}

}  // namespace mesh
