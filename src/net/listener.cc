// Opening, and for Unix sockets what their files need; see listener.h.
#include "net/listener.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

#include "net/error_words.h"

namespace mesh {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using asio::local::stream_protocol;
using boost::system::error_code;
using boost::system::system_category;
using Endpoint = asio::generic::stream_protocol::endpoint;

// The owner's and the group's: who may read the pages is a matter of who is in the group.
constexpr mode_t socket_mode = 0660;

error_code open_tcp(StreamAcceptor& acceptor, const tcp::endpoint& endpoint) {
  error_code error;
  acceptor.close(error);
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(asio::socket_base::reuse_address(true), error);
  if (!error && endpoint.address().is_v6()) {
    acceptor.set_option(asio::ip::v6_only(!endpoint.address().is_unspecified()), error);
  }
  if (!error) acceptor.bind(endpoint, error);
  return error;
}

error_code open_all_addresses(StreamAcceptor& acceptor, std::uint16_t port) {
  const error_code error = open_tcp(acceptor, tcp::endpoint(tcp::v6(), port));
  if (!error || error == asio::error::address_in_use) return error;
  return open_tcp(acceptor, tcp::endpoint(tcp::v4(), port));
}

error_code open_named(StreamAcceptor& acceptor, const Address& address) {
  error_code error;
  tcp::resolver resolver(acceptor.get_executor());
  const auto found = resolver.resolve(address.host, std::to_string(address.port),
                                      tcp::resolver::numeric_service, error);
  if (error) return error;
  return open_tcp(acceptor, found.begin()->endpoint());
}

Address address_of(const Endpoint& endpoint) {
  Address address;
  if (endpoint.protocol().family() == AF_UNIX) {
    stream_protocol::endpoint local;
    std::memcpy(local.data(), endpoint.data(), endpoint.size());
    local.resize(endpoint.size());
    address.unix_path = local.path();
    if (address.unix_path.starts_with('\0')) address.unix_path[0] = '@';  // an abstract name
    return address;
  }
  tcp::endpoint at;
  std::memcpy(at.data(), endpoint.data(), endpoint.size());
  at.resize(endpoint.size());
  address.host = at.address().to_string();
  address.port = at.port();
  return address;
}

// "" or why no socket can be made there. What a program that was killed left behind is taken away.
std::string make_way(const asio::any_io_executor& executor, const stream_protocol::endpoint& at) {
  struct stat it {};
  if (::lstat(at.path().c_str(), &it) != 0) return "";
  if (!S_ISSOCK(it.st_mode)) return "there is something that is no socket";
  stream_protocol::socket probe(executor);
  error_code error;
  probe.connect(at, error);
  if (error != asio::error::connection_refused) {
    return in_words(error ? error : error_code(asio::error::address_in_use));
  }
  return ::unlink(at.path().c_str()) == 0 ? "" : in_words(error_code(errno, system_category()));
}

}  // namespace

struct Listener::State {
  explicit State(const asio::any_io_executor& executor) : acceptor(executor) {}
  ~State() {
    struct stat now {};
    if (!file.st_ino || ::lstat(where.unix_path.c_str(), &now) != 0) return;
    if (now.st_dev == file.st_dev && now.st_ino == file.st_ino) ::unlink(where.unix_path.c_str());
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  std::string open_unix(const std::string& path);

  StreamAcceptor acceptor;
  Address where;
  struct stat file {};  // of a Unix socket that we made; inode 0: there is none
};

// "" or what went wrong. Before it listens nobody can connect, so that its mode is never too wide.
std::string Listener::State::open_unix(const std::string& path) {
  if (path.size() >= sizeof(sockaddr_un::sun_path)) return "the path is too long for a socket";
  const stream_protocol::endpoint at(path);
  std::string blocked = make_way(acceptor.get_executor(), at);
  if (!blocked.empty()) return blocked;
  error_code error;
  acceptor.open(at.protocol(), error);
  if (!error) acceptor.bind(at, error);
  if (error) return in_words(error);
  if (::chmod(path.c_str(), socket_mode) != 0 || ::lstat(path.c_str(), &file) != 0) {
    return in_words(error_code(errno, system_category()));
  }
  return "";
}

Listener::Listener(std::shared_ptr<State> state) : state_(std::move(state)) {}

StreamAcceptor& Listener::acceptor() const { return state_->acceptor; }
const Address& Listener::where() const { return state_->where; }

Result<Listener> Listener::open(const asio::any_io_executor& executor, const Address& address) {
  const auto fail = [&](const std::string& why) { return Error{to_string(address) + ": " + why}; };
  auto state = std::make_shared<State>(executor);
  StreamAcceptor& acceptor = state->acceptor;
  error_code error;
  if (address.is_unix()) {
    state->where = address;
    const std::string wrong = state->open_unix(address.unix_path);
    if (!wrong.empty()) return fail(wrong);
  } else {
    error = address.host.empty() ? open_all_addresses(acceptor, address.port)
                                 : open_named(acceptor, address);
  }
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (!error) acceptor.non_blocking(true, error);
  if (error) return fail(in_words(error));
  if (!address.is_unix()) state->where = address_of(acceptor.local_endpoint());
  return Listener(std::move(state));
}

Result<Listener> Listener::adopt(const asio::any_io_executor& executor, int descriptor) {
  const auto fail = [&](const std::string& why) {
    return Error{std::string("descriptor ").append(std::to_string(descriptor)) + ": " + why};
  };
  int type = 0, family = 0, listens = 0;
  socklen_t size = sizeof type;
  if (::getsockopt(descriptor, SOL_SOCKET, SO_TYPE, &type, &size) != 0 ||
      ::getsockopt(descriptor, SOL_SOCKET, SO_DOMAIN, &family, &size) != 0 ||
      ::getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) != 0) {
    return fail(in_words(error_code(errno, system_category())));
  }
  const bool known = family == AF_INET || family == AF_INET6 || family == AF_UNIX;
  if (type != SOCK_STREAM || listens == 0 || !known) {
    return fail("no TCP or Unix stream socket that listens");
  }
  ::fcntl(descriptor, F_SETFD, FD_CLOEXEC);
  auto state = std::make_shared<State>(executor);
  error_code error;
  const asio::generic::stream_protocol protocol(family, 0);
  state->acceptor.assign(protocol, descriptor, error);
  if (!error) state->acceptor.non_blocking(true, error);
  if (error) return fail(in_words(error));
  state->where = address_of(state->acceptor.local_endpoint());
  return Listener(std::move(state));
}

}  // namespace mesh
