// Start, serve, stop; see app.h.
#include "app/app.h"

#include <signal.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <csignal>
#include <exception>
#include <functional>
#include <optional>
#include <string_view>
#include <utility>

#include "app/lifecycle.h"
#include "app/reloader.h"
#include "app/service_manager.h"
#include "app/watchers.h"
#include "base/build.h"
#include "base/limits.h"
#include "base/log.h"
#include "expose/routes.h"
#include "net/http_server.h"
#include "net/web_gate.h"

namespace asio = boost::asio;

namespace mesh {
namespace {

std::string_view name_of(int signal) { return signal == SIGTERM ? "SIGTERM" : "SIGINT"; }

// `asked` is the request of the lifecycle that ends the program, if one did before a signal came.
asio::awaitable<void> serve_until_signal(asio::io_context& io, const ServiceManager& service,
                                         HttpServer& server, Watchers& watchers,
                                         const std::string& asked, bool& broken) {
  asio::signal_set signals(io, SIGTERM, SIGINT);
  boost::system::error_code failed;
  auto token = asio::redirect_error(asio::use_awaitable, failed);
  const int signal = co_await signals.async_wait(token);
  if (asked.empty()) {
    log(LogLevel::info, "shutting down", {{"signal", name_of(signal)}});
  } else {
    log(LogLevel::info, "shutting down", {{"request", asked}});
  }
  service.stopping();
  watchers.stop();
  signals.async_wait([&io, &broken](const boost::system::error_code& error, int second) {
    if (error) return;
    log(LogLevel::warn, "ended at once by a second signal, open responses are cut off",
        {{"signal", name_of(second)}});
    broken = true;
    io.stop();
  });
  const Instant deadline = std::chrono::steady_clock::now() + limits::shutdown_grace;
  co_await server.stop(deadline);
  io.stop();
}

void mask_reloads(int how) {
  sigset_t reload;
  sigemptyset(&reload);
  sigaddset(&reload, SIGHUP);
  pthread_sigmask(how, &reload, nullptr);
}

asio::awaitable<void> reload_on_hang_up(asio::io_context& io, Reloader& reloader) {
  asio::signal_set hang_ups(io, SIGHUP);
  mask_reloads(SIG_UNBLOCK);  // those that were held back come now
  while (true) {
    co_await hang_ups.async_wait(asio::use_awaitable);
    reloader.reload();
  }
}

asio::awaitable<void> reload_on_change(asio::io_context& io, std::chrono::milliseconds interval,
                                       Reloader& reloader) {
  asio::steady_timer next_look(io);
  while (true) {
    next_look.expires_after(interval);
    co_await next_look.async_wait(asio::use_awaitable);
    reloader.look();
  }
}

asio::awaitable<void> tell_that_it_runs(asio::io_context& io, const ServiceManager& service) {
  asio::steady_timer next(io);
  while (true) {
    service.alive();
    next.expires_after(service.watchdog());
    co_await next.async_wait(asio::use_awaitable);
  }
}

asio::awaitable<WebReply> at_once(WebReply reply) { co_return reply; }

// A coroutine of the conductor itself has no business throwing: say so and end.
auto ends_program(asio::io_context& io, bool& broken) {
  return [&io, &broken](std::exception_ptr error) {
    if (!error) return;
    try {
      std::rethrow_exception(error);
    } catch (const std::exception& e) {
      log(LogLevel::error, "the program broke off", {{"error", e.what()}});
    }
    broken = true;
    io.stop();
  };
}

// The commit this was built from, where the build could tell.
#ifndef MESH_REVISION
#define MESH_REVISION ""
#endif

PageOptions page_options(const Config& config, const AppOptions& options) {
  PageOptions page;
  page.telemetry_path = options.telemetry_path;
  page.runbook_base = options.runbook_base;
  apply(config, page);
  page.started = page.config.last_success;
  page.build.revision = MESH_REVISION;
  return page;
}

bool is_told(const Result<Address>& bound, bool secure) {
  if (bound) {
    const std::string where = to_string(*bound);
    log(LogLevel::info, "listening", {{"address", where}, {"tls", secure ? "on" : "off"}});
  } else {
    log(LogLevel::error, "cannot listen", {{"error", bound.error().message}});
  }
  return bound.ok();
}

bool listen_everywhere(HttpServer& server, const AppOptions& options) {
  const bool secure = options.web.access->tls != nullptr;
  if (!options.passed_sockets) {
    return std::ranges::all_of(options.listen_addresses, [&](const Address& address) {
      return is_told(server.listen(address), secure);
    });
  }
  const Result<std::vector<int>> sockets = take_passed_sockets();
  if (!sockets) {
    log(LogLevel::error, "cannot listen", {{"error", sockets.error().message}});
    return false;
  }
  return std::ranges::all_of(
      *sockets, [&](int descriptor) { return is_told(server.listen_at(descriptor), secure); });
}

}  // namespace

void hold_back_reloads() { mask_reloads(SIG_BLOCK); }

bool run_app(const Config& config, const AppOptions& options) {
  // A log that nobody reads any more (`… 2>&1 | head`) is no reason to stop watching.
  std::signal(SIGPIPE, SIG_IGN);
  const ServiceManager service;
  asio::io_context io(1);
  bool broken = false;
  log(LogLevel::info, "mesh_exporter starts",
      {{"version", build::version},
       {"targets", config.targets.size()},
       {"tls_endpoints", config.certificates.endpoints.size()},
       {"grpc_servers", config.probes.grpc.size()}});
  warn_of(config);

  Watchers watchers(io.get_executor(), config);
  PageOptions page = page_options(config, options);
  Routes routes(
      page, [&watchers] { return watchers.snapshot(); },
      [&watchers](const std::string& target, Instant latest, std::function<bool()> gone) {
        return watchers.probe_now(target, latest, std::move(gone));
      });
  std::string quit_request;
  Lifecycle lifecycle{options.lifecycle, {}, [&quit_request](const WebRequest& request) {
                        quit_request = request.method + " " + request.path;
                        std::raise(SIGTERM);
                      }};
  const auto answer = [&routes, &lifecycle](WebRequest request) {
    std::optional<WebReply> reply = answer_lifecycle(request, lifecycle);
    return reply ? at_once(std::move(*reply)) : routes.handle(std::move(request));
  };
  WebGate gate(answer, {options.telemetry_path, options.max_requests});
  HttpServer server(io.get_executor(),
                    [&gate](WebRequest request) { return gate.handle(std::move(request)); });
  const auto guard = [&gate, &server](const WebAccess& access) {
    gate.change(access.config);
    server.secure(access.tls);
  };
  guard(*options.web.access);
  WebAccessReloader web(options.web, guard);
  Reloader reloader(options, service, watchers, web, page, routes);
  lifecycle.reload = [&reloader] { return reloader.reload(); };
  if (!listen_everywhere(server, options)) return false;

  asio::co_spawn(io, serve_until_signal(io, service, server, watchers, quit_request, broken),
                 ends_program(io, broken));
  asio::co_spawn(io, reload_on_hang_up(io, reloader), ends_program(io, broken));
  if (options.look_interval.count() > 0) {
    asio::co_spawn(io, reload_on_change(io, options.look_interval, reloader),
                   ends_program(io, broken));
  }
  if (service.watchdog() > Duration::zero()) {
    asio::co_spawn(io, tell_that_it_runs(io, service), ends_program(io, broken));
  }
  watchers.start(ends_program(io, broken));
  service.ready();
  io.run();
  return !broken;
}

}  // namespace mesh
