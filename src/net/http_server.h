// Our own HTTP/1.1 server: listens, reads requests, asks the handler, writes its replies.
//
// Knows nothing of metrics. GET, HEAD, and POST and PUT without a body are passed on, and so is any
// other method, for the handler to refuse; everything else is answered here (400, 405, 413, 431).
// Bounded: connections, header and body size, time to
// ask, a TLS handshake included, and time to take the answer. Keep-alive and pipelining as HTTP/1.1
// has them. The handler may run elsewhere (it is awaited), so a big page does not hold up the
// io_context.
//
// A connection without a request costs its owner nothing, so it must not cost others their answer:
// where connections or file descriptors run out, the one that has waited longest for a request to
// be complete gives way. Whoever is being answered is left in peace for a while; then the one whose
// answer has taken longest, to be made or to be taken, gives way.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/limits.h"
#include "base/result.h"
#include "model/target.h"

namespace mesh {

class ServerTls;

// Of whoever asked. shut: he will send no more, which is how some end their request; over TCP he
// may as well have left, which shows only when something is sent to him. gone: he has left.
enum class Presence : std::uint8_t { here, shut, gone };

struct WebRequest {
  std::string method;  // "GET", as it was sent; of others than HEAD, POST and PUT no body was read
  std::string path;    // without query
  std::string query;   // without '?'; "" if there is none
  std::string accept;  // header values, "" where absent
  std::string accept_encoding;
  std::string authorization;
  std::string scrape_timeout{};  // of Prometheus: how many seconds it will wait, if it says so
  std::string host{};            // "127.0.0.1:10420", as whoever asks calls us
  std::string origin{};      // of the page that asks, as browsers tell: "http://127.0.0.1:10420"
  std::string fetch_site{};  // Sec-Fetch-Site: how that page and we are related
  // Of whoever asked, now. On the server's thread, until the answer is there; null: he stays.
  std::function<Presence()> presence{};
};

// The name is a literal of the program; a value that does not fit in a line is left out.
struct WebHeader {
  std::string_view name;
  std::string value;
};

// Whoever counts what is not taken yet (net/answers_in_hand.h) hears of it by this.
class AnswerInHand {
 public:
  AnswerInHand() = default;
  virtual ~AnswerInHand() = default;
  AnswerInHand(const AnswerInHand&) = delete;
  AnswerInHand& operator=(const AnswerInHand&) = delete;

  // From now on by this, which is called once at most; null: no longer.
  virtual void may_be_cut_off(std::function<void()> how) = 0;
  // So many bytes more of the body, which are let go of.
  virtual void taken(std::size_t bytes) = 0;
};

struct WebReply {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body;
  std::string content_encoding;          // "gzip", "zstd" or ""
  std::string location;                  // for redirects
  std::string allow = "GET, HEAD";       // which methods there are; told with 405
  std::string vary;                      // "Accept, Accept-Encoding" where the body depends on them
  std::vector<WebHeader> headers;        // what else is to be said
  std::shared_ptr<AnswerInHand> held{};  // let go of once the body is taken or given up
};

// May throw: that is answered with 500 and logged.
using WebHandler = std::function<boost::asio::awaitable<WebReply>(WebRequest request)>;

struct WebBounds {
  // Where so many are just being answered, one more is told 503, so that the cause can be seen.
  std::size_t connections = limits::server_connections;
  Duration idle = limits::server_idle;      // for the whole of a request to arrive
  Duration stall = limits::server_stall;    // for some of an answer to be taken
  Duration answer = limits::server_answer;  // for all of it
  Duration yield = limits::server_yield;    // being answered for so long, it gives way
};

class HttpServer {
 public:
  // Everything happens on `executor`, which must be one thread or a strand; so must all calls.
  HttpServer(boost::asio::any_io_executor executor, WebHandler handler, WebBounds bounds = {});
  // Closes everything at once. Handlers still being awaited run out unheard.
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  // Binds and listens, as net/listener.h tells; may be called several times. Returns the address
  // really bound, or an error that names the one asked for. A name is looked up in the foreground:
  // call this at start-up.
  Result<Address> listen(const Address& address);
  // The same on a socket that listens already, which is taken over.
  Result<Address> listen_at(int descriptor);

  // Who connects from now on is served over TLS with this; null: plain, as at first. If that is
  // another one, whoever is connected gets the answer that is being made, or his first, and has to
  // connect anew for the next.
  void secure(std::shared_ptr<const ServerTls> tls);

  // Stops accepting, lets answers in progress finish, closes all other connections at once, those
  // of half a request included; completes when all are closed or at the deadline, when it closes
  // the rest. The object must outlive it.
  boost::asio::awaitable<void> stop(Instant deadline);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace mesh
