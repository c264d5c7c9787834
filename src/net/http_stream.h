// One question over HTTP or HTTPS whose answer is handed on as it arrives, for minutes if need be:
// a watch of an API server. Each question has a connection of its own.
//
// Bounded: the head by limits::http_header_bytes, the time by the deadline; of the body nothing is
// held but the piece that is handed on, and that is overwritten afterwards: it may be of a Secret.
// The server must prove that it is who it should be, unless the question says that it need not.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "model/failure.h"
#include "model/target.h"

namespace mesh {

// What is needed for TLS, as PEM.
struct TlsIdentity {
  std::string server_name;  // a name or an address that its certificate must be for
  std::string roots;        // "": those of the system
  std::string certificate;  // with its chain; "": none is shown
  std::string key;
  bool verified = true;  // false: whoever answers is believed, whatever certificate he shows
};

struct StreamQuestion {
  Address address;
  std::string path;           // and query
  std::string authorization;  // the header's value; "": none
  std::optional<TlsIdentity> tls;
  Instant deadline;  // for all of it, connecting included
  std::string accept = "application/json";
};

// Both are called on the executor. `piece` is borrowed for the call; false ends the answer.
struct StreamListener {
  std::function<void(int status)> head;
  std::function<bool(std::string_view piece)> piece;
};

class HttpStream {
 public:
  // `executor` must be one thread or a strand, and that of the coroutine that calls get().
  explicit HttpStream(boost::asio::any_io_executor executor);
  ~HttpStream();

  // Nothing when the answer came to its end or the listener ended it, else what went wrong:
  // connect, timeout, tls, too_large, parse. The object must outlive the call.
  // REQUIRES: no other call in progress.
  boost::asio::awaitable<std::optional<Failure>> get(StreamQuestion question,
                                                     StreamListener listener);

  // Ends the call in progress, if there is one, as a connection that fails.
  void close();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace mesh
