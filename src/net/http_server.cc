// Listening, accepting, counting the connections, stopping. What happens on one connection is in
// http_session.cc.
#include "net/http_server.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <optional>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "base/log.h"
#include "net/error_words.h"
#include "net/http_reply.h"
#include "net/http_session.h"

namespace mesh {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

// Accepting fails when the process is out of file descriptors; trying again at once, with none set
// free, would only burn processor time.
constexpr std::chrono::milliseconds accept_pause{100};

// Scarcity comes and goes with every connection; the log hears of it this often.
constexpr std::chrono::minutes complaint_pause{1};

using Acceptor = std::shared_ptr<tcp::acceptor>;
using Opened = Result<Acceptor, error_code>;

Opened open(const asio::any_io_executor& executor, const tcp::endpoint& endpoint) {
  auto acceptor = std::make_shared<tcp::acceptor>(executor);
  error_code error;
  acceptor->open(endpoint.protocol(), error);
  if (!error) acceptor->set_option(asio::socket_base::reuse_address(true), error);
  if (!error && endpoint.address().is_v6()) {
    acceptor->set_option(asio::ip::v6_only(!endpoint.address().is_unspecified()), error);
  }
  if (!error) acceptor->bind(endpoint, error);
  if (!error) acceptor->listen(asio::socket_base::max_listen_connections, error);
  if (!error) acceptor->non_blocking(true, error);
  if (error) return error;
  return acceptor;
}

Opened open_all_addresses(const asio::any_io_executor& executor, std::uint16_t port) {
  Opened opened = open(executor, tcp::endpoint(tcp::v6(), port));
  if (opened || opened.error() == asio::error::address_in_use) return opened;
  return open(executor, tcp::endpoint(tcp::v4(), port));
}

Opened open_named(const asio::any_io_executor& executor, const Address& address) {
  error_code error;
  tcp::resolver resolver(executor);
  const auto found = resolver.resolve(address.host, std::to_string(address.port),
                                      tcp::resolver::numeric_service, error);
  if (error) return error;
  return open(executor, found.begin()->endpoint());
}

bool out_of_descriptors(const error_code& error) {
  return error == boost::system::errc::too_many_files_open ||
         error == boost::system::errc::too_many_files_open_in_system;
}

// Said without asking what the client wanted, and without waiting for it.
void turn_away(tcp::socket socket) {
  const WebReply reply = plain_reply(503);
  const std::string text = reply_head(reply, false, std::chrono::system_clock::now()) + reply.body;
  error_code ignored;
  socket.non_blocking(true, ignored);
  socket.write_some(asio::buffer(text), ignored);
  socket.shutdown(tcp::socket::shutdown_send, ignored);
}

}  // namespace

struct HttpServer::State : std::enable_shared_from_this<State> {
  State(asio::any_io_executor ex, WebHandler h, WebBounds b)
      : executor(std::move(ex)), handler(std::move(h)), bounds(b), empty(executor) {}

  void start(tcp::socket socket);
  bool make_room();
  void complain(std::string_view why);
  void stop_accepting();
  void close_all();
  asio::awaitable<void> accept_all(Acceptor acceptor);

  const asio::any_io_executor executor;
  const WebHandler handler;
  const WebBounds bounds;
  std::vector<Acceptor> acceptors;
  std::unordered_set<std::shared_ptr<HttpSession>> sessions;
  asio::steady_timer empty;  // cancelled when the last session ends
  Instant next_complaint{};
};

void HttpServer::State::start(tcp::socket socket) {
  if (sessions.size() >= bounds.connections) {
    complain("limit of connections reached");
    if (!make_room()) {
      turn_away(std::move(socket));
      return;
    }
  }
  const auto session = std::make_shared<HttpSession>(std::move(socket), handler, bounds);
  sessions.insert(session);
  const auto over = [self = shared_from_this(), session](const std::exception_ptr& trouble) {
    if (trouble) log(LogLevel::error, "a connection to the web server broke off");
    session->close();
    self->sessions.erase(session);
    if (self->sessions.empty()) self->empty.cancel();
  };
  asio::co_spawn(executor, session->run(), over);
}

// False if everybody is being answered.
bool HttpServer::State::make_room() {
  std::shared_ptr<HttpSession> longest;
  for (const auto& session : sessions) {
    const std::optional<Instant> since = session->idle_since();
    if (since && (!longest || *since < *longest->idle_since())) longest = session;
  }
  if (!longest) return false;
  longest->close();
  sessions.erase(longest);
  return true;
}

void HttpServer::State::complain(std::string_view why) {
  const Instant now = Instant::clock::now();
  if (now < next_complaint) return;
  next_complaint = now + complaint_pause;
  log(LogLevel::warn, "the web server is crowded, idle connections give way",
      {{"why", why}, {"connections", sessions.size()}});
}

asio::awaitable<void> HttpServer::State::accept_all(Acceptor acceptor) {
  error_code error;
  auto done = asio::redirect_error(asio::use_awaitable, error);
  asio::steady_timer pause(executor);
  while (acceptor->is_open()) {
    // Out of descriptors, accept() fails even if nobody is there: nobody shall give way to nobody.
    co_await acceptor->async_wait(tcp::acceptor::wait_read, done);
    if (!acceptor->is_open()) break;
    tcp::socket socket(executor);
    acceptor->accept(socket, error);
    if (!error) start(std::move(socket));
    if (!error || error == asio::error::connection_aborted) continue;
    if (error == asio::error::would_block) continue;
    complain(in_words(error));
    if (out_of_descriptors(error) && make_room()) continue;
    pause.expires_after(accept_pause);
    co_await pause.async_wait(done);
  }
}

void HttpServer::State::stop_accepting() {
  error_code ignored;
  for (const Acceptor& acceptor : acceptors) acceptor->close(ignored);
  acceptors.clear();
}

void HttpServer::State::close_all() {
  stop_accepting();
  for (const auto& session : sessions) session->close();
}

HttpServer::HttpServer(asio::any_io_executor executor, WebHandler handler, WebBounds bounds)
    : state_(std::make_shared<State>(std::move(executor), std::move(handler), bounds)) {}

HttpServer::~HttpServer() { state_->close_all(); }

Result<Address> HttpServer::listen(const Address& address) {
  const auto fail = [&](const std::string& why) { return Error{to_string(address) + ": " + why}; };
  if (address.is_unix()) return fail("the web server listens on TCP only");
  Opened opened = address.host.empty() ? open_all_addresses(state_->executor, address.port)
                                       : open_named(state_->executor, address);
  if (!opened) return fail(in_words(opened.error()));
  const Acceptor acceptor = *opened;
  const tcp::endpoint bound = acceptor->local_endpoint();
  state_->acceptors.push_back(acceptor);
  const auto over = [state = state_](const std::exception_ptr& trouble) {
    if (trouble) log(LogLevel::error, "the web server stopped accepting");
  };
  asio::co_spawn(state_->executor, state_->accept_all(acceptor), over);
  Address where;
  where.host = bound.address().to_string();
  where.port = bound.port();
  return where;
}

asio::awaitable<void> HttpServer::stop(Instant deadline) {
  const auto state = state_;
  state->stop_accepting();
  for (const auto& session : state->sessions) session->finish();
  if (!state->sessions.empty()) {
    error_code ignored;
    auto done = asio::redirect_error(asio::use_awaitable, ignored);
    state->empty.expires_at(deadline);
    co_await state->empty.async_wait(done);
  }
  state->close_all();
}

}  // namespace mesh
