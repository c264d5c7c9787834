// Listening, accepting, counting the connections, stopping. What happens on one connection is in
// http_session.cc.
#include "net/http_server.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "base/log.h"
#include "net/error_words.h"
#include "net/http_reply.h"
#include "net/http_session.h"
#include "net/listener.h"

namespace mesh {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

// Accepting fails when the process is out of file descriptors; trying again at once, with none set
// free, would only burn processor time.
constexpr std::chrono::milliseconds accept_pause{100};

// Scarcity comes and goes with every connection; the log hears of it this often.
constexpr std::chrono::minutes complaint_pause{1};

bool out_of_descriptors(const error_code& error) {
  return error == boost::system::errc::too_many_files_open ||
         error == boost::system::errc::too_many_files_open_in_system;
}

// Said without asking what the client wanted, and without waiting for it.
void turn_away(StreamSocket socket) {
  const WebReply reply = plain_reply(503);
  const std::string text = reply_head(reply, false, std::chrono::system_clock::now()) + reply.body;
  error_code ignored;
  socket.non_blocking(true, ignored);
  socket.write_some(asio::buffer(text), ignored);
  socket.shutdown(StreamSocket::shutdown_send, ignored);
}

}  // namespace

struct HttpServer::State : std::enable_shared_from_this<State> {
  State(asio::any_io_executor ex, WebHandler h, WebBounds b)
      : executor(std::move(ex)), handler(std::move(h)), bounds(b), empty(executor) {}

  void start(StreamSocket socket);
  bool make_room();
  void complain(std::string_view why);
  void stop_accepting();
  void close_all();
  Address accept_from(const Listener& listener);
  asio::awaitable<void> accept_all(Listener listener);

  const asio::any_io_executor executor;
  const WebHandler handler;
  const WebBounds bounds;
  std::vector<Listener> listeners;
  std::shared_ptr<const ServerTls> tls;  // null: plain
  std::unordered_set<std::shared_ptr<HttpSession>> sessions;
  asio::steady_timer empty;  // cancelled when the last session ends
  Instant next_complaint{};
};

void HttpServer::State::start(StreamSocket socket) {
  if (sessions.size() >= bounds.connections) {
    complain("limit of connections reached");
    if (!make_room()) {
      turn_away(std::move(socket));
      return;
    }
  }
  const auto session = std::make_shared<HttpSession>(std::move(socket), tls, handler, bounds);
  sessions.insert(session);
  const auto over = [self = shared_from_this(), session](const std::exception_ptr& trouble) {
    if (trouble) log(LogLevel::error, "a connection to the web server broke off");
    session->close();
    self->sessions.erase(session);
    if (self->sessions.empty()) self->empty.cancel();
  };
  asio::co_spawn(executor, session->run(), over);
}

// False if everybody is just being answered. Answers about health are small and made at once: they
// are never under way long enough to give way.
bool HttpServer::State::make_room() {
  const auto rank = [](const std::shared_ptr<HttpSession>& session) {
    return std::pair(!session->is_idle(), session->since());
  };
  const auto found = std::ranges::min_element(sessions, {}, rank);
  if (found == sessions.end()) return false;
  HttpSession& longest = **found;
  if (!longest.is_idle() && Instant::clock::now() < longest.since() + bounds.yield) return false;
  longest.close();
  sessions.erase(found);
  return true;
}

void HttpServer::State::complain(std::string_view why) {
  const Instant now = Instant::clock::now();
  if (now < next_complaint) return;
  next_complaint = now + complaint_pause;
  log(LogLevel::warn, "the web server is crowded, connections give way",
      {{"why", why}, {"connections", sessions.size()}});
}

asio::awaitable<void> HttpServer::State::accept_all(Listener listener) {
  StreamAcceptor& acceptor = listener.acceptor();
  error_code error;
  auto done = asio::redirect_error(asio::use_awaitable, error);
  asio::steady_timer pause(executor);
  while (acceptor.is_open()) {
    // Out of descriptors, accept() fails even if nobody is there: nobody shall give way to nobody.
    co_await acceptor.async_wait(StreamAcceptor::wait_read, done);
    if (!acceptor.is_open()) break;
    StreamSocket socket(executor);
    acceptor.accept(socket, error);
    if (!error) start(std::move(socket));
    if (!error || error == asio::error::connection_aborted) continue;
    if (error == asio::error::would_block) continue;
    complain(in_words(error));
    if (out_of_descriptors(error) && make_room()) continue;
    pause.expires_after(accept_pause);
    co_await pause.async_wait(done);
  }
}

Address HttpServer::State::accept_from(const Listener& listener) {
  listeners.push_back(listener);
  const auto over = [self = shared_from_this()](const std::exception_ptr& trouble) {
    if (trouble) log(LogLevel::error, "the web server stopped accepting");
  };
  asio::co_spawn(executor, accept_all(listener), over);
  return listener.where();
}

void HttpServer::State::stop_accepting() {
  error_code ignored;
  for (const Listener& listener : listeners) listener.acceptor().close(ignored);
  listeners.clear();
}

void HttpServer::State::close_all() {
  stop_accepting();
  for (const auto& session : sessions) session->close();
}

HttpServer::HttpServer(asio::any_io_executor executor, WebHandler handler, WebBounds bounds)
    : state_(std::make_shared<State>(std::move(executor), std::move(handler), bounds)) {}

HttpServer::~HttpServer() { state_->close_all(); }

Result<Address> HttpServer::listen(const Address& address) {
  const Result<Listener> listener = Listener::open(state_->executor, address);
  if (!listener) return listener.error();
  return state_->accept_from(*listener);
}

Result<Address> HttpServer::listen_at(int descriptor) {
  const Result<Listener> listener = Listener::adopt(state_->executor, descriptor);
  if (!listener) return listener.error();
  return state_->accept_from(*listener);
}

void HttpServer::secure(std::shared_ptr<const ServerTls> tls) {
  if (tls == state_->tls) return;
  state_->tls = std::move(tls);
  for (const auto& session : state_->sessions) session->retire();
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
