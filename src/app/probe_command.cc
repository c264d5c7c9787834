// One question after the other; see probe_command.h.
#include "app/probe_command.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <ostream>
#include <string>
#include <utility>

#include "app/told_handshake.h"
#include "app/written.h"
#include "base/rethrow.h"
#include "expose/probe_report.h"
#include "grpc/distrust.h"
#include "scrape/grpc_question.h"
#include "scrape/health_check.h"

namespace mesh {
namespace {

namespace asio = boost::asio;
using std::chrono::steady_clock;

ProbeReport::Certificates shown_by(const Result<TlsAnswer, Failure>& answer) {
  ProbeReport::Certificates shown;
  if (!answer) {
    shown.failure = answer.error();
    return shown;
  }
  ServedChain chain = read_served_chain(answer->chain);
  shown.handshake = told_by(*answer, chain);
  shown.chain = std::move(chain.certificates);
  return shown;
}

ProbeOutcome outcome_of(const ProbeReport& report) {
  const auto any = [&](auto is) {
    return std::ranges::any_of(report.health, [&](const auto& one) { return is(one.look.status); });
  };
  if (any([](HealthStatus status) {
        return status == HealthStatus::unreachable || status == HealthStatus::not_asked;
      })) {
    return ProbeOutcome::unreachable;
  }
  return any([](HealthStatus status) { return !is_up(status); }) ? ProbeOutcome::not_up
                                                                 : ProbeOutcome::up;
}

asio::awaitable<void> probe(const ProbeFlags& flags, ProbeReport& report) {
  const auto executor = co_await asio::this_coro::executor;
  const auto channel = grpc_channel(executor, flags.server);
  for (const std::string& service : flags.services) {
    const Instant deadline = steady_clock::now() + flags.timeout;
    HealthLook look = co_await check_health(channel, service, deadline);
    report.health.push_back({service, std::move(look)});
  }
  if (outcome_of(report) != ProbeOutcome::unreachable) {
    MethodLook methods = co_await look_at_methods(channel, flags.timeout);
    report.methods = std::move(methods);
  }
  if (!flags.server.tls) co_return;
  const TlsQuestion question = tls_question(flags.server);
  const Instant deadline = steady_clock::now() + flags.timeout;
  const Result<TlsAnswer, Failure> answer = co_await tls_handshake(question, deadline);
  report.certificates = shown_by(answer);
}

}  // namespace

ProbeOutcome probe_once(const ProbeFlags& flags, std::ostream& out, std::ostream& err) {
  asio::io_context io(1);
  ProbeReport report;
  report.server = flags.server;
  asio::co_spawn(io, probe(flags, report), rethrow);
  io.run();
  const WallTime now = std::chrono::system_clock::now();
  out << (flags.json ? probe_json(report, now) : probe_text(report, now));
  return written(out, err) ? outcome_of(report) : ProbeOutcome::unreachable;
}

}  // namespace mesh
