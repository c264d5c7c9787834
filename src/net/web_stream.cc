// OpenSSL on the socket itself, which does not wait: what it cannot do yet is done when the socket
// is ready. With Asio's own TLS stream each connection would hold 68 kB of buffers for ever.
#include "net/web_stream.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <limits>
#include <utility>

#include "base/log.h"
#include "net/tls_settings.h"

namespace mesh {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

// The kernel holds this much that it cannot send yet, and what is on its way: a client that takes
// nothing costs 128 kB of its memory and not 4 MB, and is seen to take nothing.
using NotSentLowWater = asio::detail::socket_option::integer<IPPROTO_TCP, TCP_NOTSENT_LOWAT>;
constexpr int not_sent = 128 * 1024;

int as_int(std::size_t size) {
  return static_cast<int>(std::min<std::size_t>(size, std::numeric_limits<int>::max()));
}

bool was_plain_http() {
  const unsigned long code = ERR_peek_error();
  return ERR_GET_LIB(code) == ERR_LIB_SSL && ERR_GET_REASON(code) == SSL_R_HTTP_REQUEST;
}

}  // namespace

WebStream::WebStream(StreamSocket socket, std::shared_ptr<const ServerTls> tls)
    : socket_(std::move(socket)), tls_(std::move(tls)) {
  error_code ignored;
  socket_.set_option(tcp::no_delay(true), ignored);  // a Unix socket has neither
  socket_.set_option(NotSentLowWater(not_sent), ignored);
}

WebStream::~WebStream() = default;

// Until the step is done (its outcome, above 0) or the stream is over (0; what OpenSSL says of it
// is left in its queue). A closed socket is not touched: its number may be another's by now.
template <class Step>
asio::awaitable<int> WebStream::tls_step(Step step) {
  error_code error;
  auto done = asio::redirect_error(asio::use_awaitable, error);
  while (socket_.is_open()) {
    clear_tls_errors();
    const int outcome = step(ssl_.get());
    if (outcome > 0) co_return outcome;
    const int wants = SSL_get_error(ssl_.get(), outcome);
    if (wants == SSL_ERROR_WANT_READ) {
      co_await socket_.async_wait(StreamSocket::wait_read, done);
    } else if (wants == SSL_ERROR_WANT_WRITE) {
      co_await socket_.async_wait(StreamSocket::wait_write, done);
    } else {
      break;
    }
    if (error) break;
  }
  co_return 0;
}

asio::awaitable<WebStream::Opening> WebStream::open() {
  if (!tls_) co_return Opening::open;
  error_code error;
  socket_.native_non_blocking(true, error);
  if (error) co_return Opening::failed;
  ssl_ = tls_->accept(socket_.native_handle());
  if (!ssl_) co_return Opening::failed;
  const auto shake_hands = [](SSL* ssl) { return SSL_do_handshake(ssl); };
  const int done = co_await tls_step(shake_hands);
  if (done > 0) co_return Opening::open;
  const bool plain = socket_.is_open() && was_plain_http();
  if (ERR_peek_error() != 0) {
    log(LogLevel::debug, "a TLS handshake failed", {{"error", take_tls_error().words}});
  }
  ssl_.reset();
  co_return plain ? Opening::plain_http : Opening::failed;
}

asio::awaitable<std::size_t> WebStream::read_some(std::span<char> room) {
  if (ssl_) {
    const auto read = [room](SSL* ssl) { return SSL_read(ssl, room.data(), as_int(room.size())); };
    const int bytes = co_await tls_step(read);
    co_return static_cast<std::size_t>(bytes);
  }
  error_code error;
  auto done = asio::redirect_error(asio::use_awaitable, error);
  const auto in = asio::buffer(room.data(), room.size());
  const std::size_t bytes = co_await socket_.async_read_some(in, done);
  co_return error ? 0 : bytes;
}

asio::awaitable<std::size_t> WebStream::write_some(std::string_view first,
                                                   std::string_view second) {
  if (ssl_) {
    const std::string_view next = first.empty() ? second : first;
    const auto write = [next](SSL* ssl) {
      return SSL_write(ssl, next.data(), as_int(next.size()));
    };
    const int bytes = co_await tls_step(write);
    co_return static_cast<std::size_t>(bytes);
  }
  error_code error;
  auto done = asio::redirect_error(asio::use_awaitable, error);
  const std::array<asio::const_buffer, 2> out{asio::const_buffer(first.data(), first.size()),
                                              asio::const_buffer(second.data(), second.size())};
  const std::size_t bytes = co_await socket_.async_write_some(out, done);
  co_return error ? 0 : bytes;
}

Presence WebStream::presence() {
  if (!socket_.is_open()) return Presence::gone;
  pollfd look{socket_.native_handle(), POLLRDHUP, 0};  // POLLHUP and POLLERR are told unasked
  if (::poll(&look, 1, 0) <= 0) return Presence::here;
  return (look.revents & (POLLHUP | POLLERR)) != 0 ? Presence::gone : Presence::shut;
}

void WebStream::end_writing() {
  if (!socket_.is_open()) return;
  if (ssl_) {
    // If that does not fit into the socket now, its end alone tells of it.
    SSL_shutdown(ssl_.get());
    clear_tls_errors();
  }
  error_code ignored;
  socket_.shutdown(StreamSocket::shutdown_send, ignored);
}

void WebStream::close() {
  error_code ignored;
  socket_.shutdown(StreamSocket::shutdown_both, ignored);
  socket_.close(ignored);
}

}  // namespace mesh
