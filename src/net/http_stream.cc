// Beast's parser over a plain or an encrypted stream, one piece at a time; see http_stream.h.
#include "net/http_stream.h"

#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <limits>
#include <utility>

#include "base/build.h"
#include "base/limits.h"
#include "base/wipe.h"
#include "net/dial.h"
#include "net/error_words.h"
#include "net/host_header.h"
#include "net/watchdog.h"

namespace mesh {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
namespace ssl = asio::ssl;
using boost::system::error_code;
using Encrypted = ssl::stream<StreamSocket&>;
using Failed = std::optional<Failure>;

constexpr std::size_t piece_bytes = 16 * 1024;
// Room for a head, or for a chunk's line, which has no other bound.
constexpr std::size_t buffer_bytes = 2 * limits::http_header_bytes;

std::string question_text(const StreamQuestion& question) {
  std::string text = "GET " + question.path + " HTTP/1.1\r\nHost: " + host_header(question.address);
  text.append("\r\nUser-Agent: mesh_exporter/").append(build::version);
  text += "\r\nAccept: " + question.accept;
  text += "\r\nAccept-Encoding: identity\r\nConnection: close\r\n";
  if (!question.authorization.empty()) text += "Authorization: " + question.authorization + "\r\n";
  return text + "\r\n";
}

// What would begin another header line, or another request.
bool is_plain(std::string_view text) {
  for (const char c : text) {
    if (c < 0x20 || c > 0x7E) return false;
  }
  return true;
}

Failure failure_of(const error_code& error) {
  const bool closed = error == asio::error::eof || error == http::error::end_of_stream ||
                      error == http::error::partial_message ||
                      error == ssl::error::stream_truncated;
  if (closed) return {Reason::connect, "closed in the middle of the answer"};
  if (error == http::error::header_limit) return {Reason::too_large, "header too large"};
  if (error.category() == http::make_error_code(http::error::bad_chunk).category()) {
    return {Reason::parse, "not HTTP: " + error.message()};
  }
  if (error.category() == asio::error::get_ssl_category()) return {Reason::tls, error.message()};
  return {Reason::connect, in_words(error)};
}

// Nothing, or what could not be used.
Failed set_up(ssl::context& context, const TlsIdentity& identity) {
  error_code error;
  context.set_options(
      ssl::context::default_workarounds | ssl::context::no_tlsv1 | ssl::context::no_tlsv1_1, error);
  SSL_CTX_set_options(context.native_handle(), SSL_OP_CLEANSE_PLAINTEXT);
  context.set_verify_mode(identity.verified ? ssl::verify_peer : ssl::verify_none, error);
  context.set_verify_callback(ssl::host_name_verification(identity.server_name), error);
  // A program without a terminal has nobody to ask for a password.
  context.set_password_callback(
      [](std::size_t, ssl::context::password_purpose) { return std::string(); }, error);
  if (identity.roots.empty()) {
    context.set_default_verify_paths(error);
  } else {
    context.add_certificate_authority(asio::buffer(identity.roots), error);
  }
  if (error) return Failure{Reason::tls, "cannot use the roots: " + error.message()};
  if (identity.certificate.empty()) return std::nullopt;
  context.use_certificate_chain(asio::buffer(identity.certificate), error);
  if (error) return Failure{Reason::tls, "cannot use the client certificate: " + error.message()};
  context.use_private_key(asio::buffer(identity.key), ssl::context::pem, error);
  if (error) return Failure{Reason::tls, "cannot use the client key: " + error.message()};
  return std::nullopt;
}

template <class Stream>
asio::awaitable<Failed> exchange(Stream& stream, const StreamQuestion& question,
                                 const StreamListener& listener) {
  error_code error;
  auto done = asio::redirect_error(asio::use_awaitable, error);
  const std::string text = question_text(question);
  const auto out = asio::buffer(text);
  co_await asio::async_write(stream, out, done);
  if (error) co_return failure_of(error);

  boost::beast::basic_flat_buffer<WipingAllocator<char>> buffer(buffer_bytes);
  http::response_parser<http::buffer_body> parser;
  parser.header_limit(limits::http_header_bytes);
  parser.body_limit(std::numeric_limits<std::uint64_t>::max());
  co_await http::async_read_header(stream, buffer, parser, done);
  if (error) co_return failure_of(error);
  listener.head(static_cast<int>(parser.get().result_int()));

  std::array<char, piece_bytes> piece;
  auto& body = parser.get().body();
  while (!parser.is_done()) {
    body.data = piece.data();
    body.size = piece.size();
    body.more = true;
    co_await http::async_read_some(stream, buffer, parser, done);
    const std::size_t bytes = piece.size() - body.size;
    const bool goes_on = bytes == 0 || listener.piece({piece.data(), bytes});
    explicit_bzero(piece.data(), bytes);
    if (!goes_on) co_return std::nullopt;
    if (error && error != http::error::need_buffer) co_return failure_of(error);
  }
  co_return std::nullopt;
}

// Why a handshake failed; that of a certificate in the words of X.509.
Failure handshake_failure(Encrypted& stream, const error_code& error) {
  const long verified = SSL_get_verify_result(stream.native_handle());
  if (verified != X509_V_OK) {
    std::string words = "the server's certificate is not accepted: ";
    return {Reason::tls, words + X509_verify_cert_error_string(verified)};
  }
  return {Reason::tls, error.message()};
}

}  // namespace

struct HttpStream::State {
  explicit State(const asio::any_io_executor& executor) : socket(executor), watchdog(executor) {}

  void close() {
    error_code ignored;
    socket.close(ignored);
  }
  asio::awaitable<Failed> encrypted(const StreamQuestion& question, const StreamListener& listener);

  StreamSocket socket;
  Watchdog watchdog;
};

asio::awaitable<Failed> HttpStream::State::encrypted(const StreamQuestion& question,
                                                     const StreamListener& listener) {
  const TlsIdentity& identity = *question.tls;
  ssl::context context(ssl::context::tls_client);
  Failed unfit = set_up(context, identity);
  if (unfit) co_return unfit;
  Encrypted stream(socket, context);
  // A literal address is no name to ask for (RFC 6066).
  const bool literal = identity.server_name.find_first_not_of("0123456789.") == std::string::npos ||
                       identity.server_name.find(':') != std::string::npos;
  if (!literal) SSL_set_tlsext_host_name(stream.native_handle(), identity.server_name.c_str());
  error_code error;
  auto done = asio::redirect_error(asio::use_awaitable, error);
  co_await stream.async_handshake(ssl::stream_base::client, done);
  if (error) co_return handshake_failure(stream, error);
  Failed failed = co_await exchange(stream, question, listener);
  co_return failed;
}

HttpStream::HttpStream(asio::any_io_executor executor)
    : state_(std::make_unique<State>(std::move(executor))) {}
HttpStream::~HttpStream() = default;

void HttpStream::close() { state_->close(); }

asio::awaitable<Failed> HttpStream::get(StreamQuestion question, StreamListener listener) {
  State& s = *state_;
  if (!is_plain(question.path) || !is_plain(question.authorization)) {
    co_return Failure{Reason::parse, "question with a byte that has no place in HTTP"};
  }
  Failed failed = co_await dial(s.socket, question.address, question.deadline);
  if (failed) co_return failed;
  s.watchdog.arm(question.deadline, [&s] { s.close(); });
  if (question.tls) {
    failed = co_await s.encrypted(question, listener);
  } else {
    failed = co_await exchange(s.socket, question, listener);
  }
  if (failed && s.watchdog.bit()) failed = Failure{Reason::timeout, "answer not complete in time"};
  s.watchdog.disarm();
  s.close();
  co_return failed;
}

}  // namespace mesh
