// Name, addresses, connection. The order of the addresses is the system's (RFC 6724).
#include "net/dial.h"

#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "net/error_words.h"
#include "net/watchdog.h"

namespace mesh {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using Endpoint = asio::generic::stream_protocol::endpoint;
using Endpoints = Result<std::vector<Endpoint>, Failure>;

Failure failure(Reason reason, std::string message) { return Failure{reason, std::move(message)}; }

Endpoints unix_endpoint(const std::string& path) {
  try {
    return std::vector<Endpoint>{asio::local::stream_protocol::endpoint(path)};
  } catch (const boost::system::system_error& e) {  // longer than sockaddr_un takes
    return failure(Reason::connect, in_words(e.code()));
  }
}

Endpoints one_endpoint(const asio::ip::address& literal, std::uint16_t port) {
  return std::vector<Endpoint>{tcp::endpoint(literal, port)};
}

// One lookup, shared by who waits and by the answer that may come after nobody waits any more.
struct Lookup {
  explicit Lookup(const asio::any_io_executor& executor) : resolver(executor), over(executor) {}

  tcp::resolver resolver;
  asio::steady_timer over;  // cancelled when the answer is in
  bool answered = false;
  error_code error;
  std::vector<Endpoint> found;
};

void start(const std::shared_ptr<Lookup>& lookup, const Address& address) {
  lookup->resolver.async_resolve(
      address.host, std::to_string(address.port), tcp::resolver::numeric_service,
      [lookup](const error_code& error, const tcp::resolver::results_type& results) {
        lookup->answered = true;
        lookup->error = error;
        for (const auto& result : results) lookup->found.emplace_back(result.endpoint());
        lookup->over.cancel();
      });
}

asio::awaitable<Endpoints> look_up(asio::any_io_executor executor, const Address& address,
                                   Instant deadline) {
  const auto lookup = std::make_shared<Lookup>(executor);
  lookup->over.expires_at(deadline);
  start(lookup, address);
  error_code ignored;
  auto done = asio::redirect_error(asio::use_awaitable, ignored);
  co_await lookup->over.async_wait(done);
  lookup->resolver.cancel();
  if (!lookup->answered) co_return failure(Reason::timeout, "name lookup took too long");
  if (lookup->error) {
    co_return failure(Reason::connect, "name lookup: " + in_words(lookup->error));
  }
  co_return std::move(lookup->found);
}

asio::awaitable<Endpoints> find(asio::any_io_executor executor, const Address& address,
                                Instant deadline) {
  if (address.is_unix()) co_return unix_endpoint(address.unix_path);
  error_code no_literal;
  const auto literal = asio::ip::make_address(address.host, no_literal);
  if (!no_literal) co_return one_endpoint(literal, address.port);
  Endpoints found = co_await look_up(executor, address, deadline);
  co_return found;
}

// Gives the socket what it has to connect with; nothing, or why that cannot be had.
std::optional<Failure> open_within(StreamSocket& socket, const Endpoint& endpoint,
                                   const NetworkNamespace& within) {
  if (within.is_ours() || endpoint.protocol().family() == AF_UNIX) return std::nullopt;
  const Result<int, Failure> made = socket_in(within, endpoint.protocol().family());
  if (!made) return made.error();
  error_code error;
  socket.assign(endpoint.protocol(), *made, error);
  if (!error) return std::nullopt;
  close(*made);
  return failure(Reason::connect, in_words(error));
}

}  // namespace

asio::awaitable<std::optional<Failure>> dial(StreamSocket& socket, const Address& address,
                                             Instant deadline) {
  static const NetworkNamespace ours;
  return dial(socket, address, deadline, ours);
}

asio::awaitable<std::optional<Failure>> dial(StreamSocket& socket, const Address& address,
                                             Instant deadline, const NetworkNamespace& within) {
  error_code error;
  socket.close(error);
  const asio::any_io_executor executor = socket.get_executor();
  Endpoints endpoints = co_await find(executor, address, deadline);
  if (!endpoints) co_return endpoints.error();

  std::optional<Failure> why = failure(Reason::connect, "the name has no address");
  Watchdog watchdog(executor);
  auto done = asio::redirect_error(asio::use_awaitable, error);
  std::size_t left = endpoints->size();
  for (const Endpoint& endpoint : *endpoints) {
    const Instant now = Instant::clock::now();
    const Instant share = now + (deadline - now) / static_cast<Duration::rep>(left--);
    watchdog.arm(share, [&socket] {
      error_code ignored;
      socket.close(ignored);
    });
    why = open_within(socket, endpoint, within);
    if (why) co_return why;
    co_await socket.async_connect(endpoint, done);
    const bool late = watchdog.bit();
    watchdog.disarm();
    if (!error && !late) {
      // A question of several segments must not wait for an acknowledgement that is delayed.
      if (!address.is_unix()) socket.set_option(tcp::no_delay(true), error);
      co_return std::nullopt;
    }
    why = late ? failure(Reason::timeout, "no connection in time")
               : failure(Reason::connect, in_words(error));
    socket.close(error);
  }
  co_return why;
}

}  // namespace mesh
