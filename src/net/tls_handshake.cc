// Dial, send what the TlsClient says, tell it what arrives. A watchdog closes the socket at the
// deadline, as in the HTTP client.
#include "net/tls_handshake.h"

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <optional>
#include <utility>

#include "base/limits.h"
#include "net/dial.h"
#include "net/error_words.h"
#include "net/tls_client.h"
#include "net/watchdog.h"

namespace mesh {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using Progress = TlsClient::Progress;

// A socket and the client that talks over it, until a deadline.
class Line {
 public:
  Line(StreamSocket& socket, TlsClient& client)
      : socket_(socket), client_(client), watchdog_(socket.get_executor()) {}

  // To the end of the handshake. Nothing, or why it did not come.
  asio::awaitable<std::optional<Failure>> shake_hands(Instant deadline) {
    close_at(deadline);
    Progress progress = Progress::more;
    while (progress == Progress::more && !error_) {
      co_await send();
      if (!error_) progress = co_await receive();
    }
    // The last flight, unless it is held back.
    if (!error_ && progress == Progress::done) co_await send();
    watchdog_.disarm();
    co_return outcome(progress);
  }

  // Until the server has shown that it took the certificate, or has closed, or long enough. A
  // failure only if it refused.
  asio::awaitable<std::optional<Failure>> hear_verdict(Instant deadline) {
    close_at(deadline);
    Progress progress = client_.is_taken() ? Progress::done : Progress::more;
    while (progress == Progress::more && !error_) progress = co_await receive();
    watchdog_.disarm();
    if (error_ || progress == Progress::done) co_return std::nullopt;
    co_return client_.failure();
  }

  // Without waiting: who does not take these few bytes is not worth it.
  void say_goodbye() {
    client_.say_goodbye();
    const std::string output = client_.take_output();
    error_code ignored;
    socket_.non_blocking(true, ignored);
    socket_.write_some(asio::buffer(output), ignored);
  }

 private:
  void close_at(Instant deadline) {
    watchdog_.arm(deadline, [this] {
      error_code ignored;
      socket_.close(ignored);
    });
  }

  asio::awaitable<void> send() {
    const std::string output = client_.take_output();
    if (output.empty()) co_return;
    const auto bytes = asio::buffer(output);
    auto done = asio::redirect_error(asio::use_awaitable, error_);
    co_await asio::async_write(socket_, bytes, done);
  }

  asio::awaitable<Progress> receive() {
    const auto room = asio::buffer(buffer_);
    auto done = asio::redirect_error(asio::use_awaitable, error_);
    const std::size_t bytes = co_await socket_.async_read_some(room, done);
    any_ = any_ || bytes > 0;
    if (error_ == asio::error::eof) {
      error_ = {};
      co_return client_.ended();
    }
    if (error_) co_return Progress::broken;
    const std::string_view arrived(buffer_.data(), bytes);
    co_return client_.arrived(arrived);
  }

  std::optional<Failure> outcome(Progress progress) const {
    if (watchdog_.bit()) {
      return Failure{Reason::timeout,
                     any_ ? "handshake not complete in time" : "no answer in time"};
    }
    if (error_) {
      return Failure{Reason::connect, in_words(error_) + (any_ ? " in the handshake" : "")};
    }
    if (progress == Progress::broken) return client_.failure();
    return std::nullopt;
  }

  StreamSocket& socket_;
  TlsClient& client_;
  Watchdog watchdog_;
  error_code error_;
  bool any_ = false;
  std::array<char, 16 * 1024> buffer_;
};

// An end, not a reset, unless the server has sent what nobody has read.
void close(StreamSocket& socket) {
  error_code ignored;
  socket.shutdown(StreamSocket::shutdown_send, ignored);
  socket.close(ignored);
}

}  // namespace

asio::awaitable<Result<TlsAnswer, Failure>> tls_handshake(TlsQuestion question, Instant deadline) {
  using Outcome = Result<TlsAnswer, Failure>;
  auto client = TlsClient::start(question);
  if (!client) co_return Outcome(client.error());
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  StreamSocket socket(executor);
  const std::optional<Failure> unconnected = co_await dial(socket, question.address, deadline);
  if (unconnected) co_return Outcome(*unconnected);

  const Instant connected = Instant::clock::now();
  Line line(socket, *client);
  std::optional<Failure> why = co_await line.shake_hands(deadline);
  if (why) co_return Outcome(*why);
  TlsAnswer answer = client->answer();
  answer.took = Instant::clock::now() - connected;
  if (answer.completed) {
    line.say_goodbye();
    const Instant patience = std::min(deadline, Instant::clock::now() + limits::tls_verdict);
    why = co_await line.hear_verdict(patience);
    if (why) co_return Outcome(*why);
  }
  close(socket);
  co_return Outcome(std::move(answer));
}

}  // namespace mesh
