// Routes: what our HTTP server serves, and the only place where pages meet sockets.
//
//   the telemetry path   all metrics, in the format and coding the scraper asked for
//   /                    the start page of the status pages, for browsers
//   /certificates, /diagnosis, /methods, …   for browsers status pages, else what the commands
//                        print; as JSON below /api/v1
//   /-/status-….css, …   what the status pages load
//   /probe               one probe of a configured gRPC server, made now
//   /-/healthy           200 while the program runs
//   /-/ready             200 once every target has been asked, before that 503
//
// Pages are rendered on a thread of their own, one at a time, from an immutable snapshot: a large
// page never holds up polling, and many scrapers at once cannot take more than one processor.
// Nobody who has left by his turn is rendered for. Where too many pages wait, or too much of what
// was rendered is not taken, it is 503 at once; what loads or renders nothing is always answered.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.h"
#include "expose/page.h"
#include "expose/probe_page.h"
#include "model/snapshot.h"
#include "net/http_server.h"

namespace mesh {

class Routes {
 public:
  // The current snapshot; null before there is one. Called on the thread that runs handle().
  using SnapshotSource = std::function<std::shared_ptr<const Snapshot>()>;

  // Probes the configured server of this name, until `latest` at most, and as far as whoever asked
  // is not `gone`; nothing if there is none. Called like the other.
  using ProbeSource = std::function<std::optional<boost::asio::awaitable<ProbedNow>>(
      const std::string& target, Instant latest, std::function<bool()> gone)>;

  // Starts the thread. Without a `probe` there is none of any name.
  Routes(PageOptions options, SnapshotSource current, ProbeSource probe = {});
  // Waits for the page being rendered. The executors that handle() runs on must still exist, and
  // nobody may be waiting in handle() any more.
  ~Routes();
  Routes(const Routes&) = delete;
  Routes& operator=(const Routes&) = delete;

  // Pages that are asked for from now on are made with these. On the thread that runs handle().
  void change(PageOptions options);

  // A WebHandler. Never throws: what goes wrong while rendering is a 500.
  boost::asio::awaitable<WebReply> handle(WebRequest request);

 private:
  boost::asio::awaitable<WebReply> answer_probe(WebRequest request);
  boost::asio::awaitable<WebReply> answer_rendered(WebRequest request,
                                                   std::shared_ptr<const PageOptions> options);

  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace mesh
