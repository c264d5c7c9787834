// The services two at a time, as the agent asks them, then what else there is to know; see
// probe_command.h.
#include "app/probe_command.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <cstddef>
#include <memory>
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

constexpr int at_a_time = 2;

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

// Takes the next service that nobody has asked for until there is none.
asio::awaitable<void> ask_in_turn(const ProbeFlags& flags, std::shared_ptr<GrpcChannel> channel,
                                  std::size_t& next, ProbeReport& report) {
  while (next < flags.services.size()) {
    ProbeReport::Health& one = report.health[next];
    one.service = flags.services[next++];
    const std::string service = one.service;
    const Instant deadline = steady_clock::now() + flags.timeout;
    HealthLook look = co_await check_health(channel, service, deadline);
    one.look = std::move(look);
  }
}

asio::awaitable<Result<TlsAnswer, Failure>> shake_hands(const ProbeFlags& flags) {
  const TlsQuestion question = tls_question(flags.server);
  const Instant deadline = steady_clock::now() + flags.timeout;
  Result<TlsAnswer, Failure> answer = co_await tls_handshake(question, deadline);
  co_return answer;
}

asio::awaitable<void> look_further(const ProbeFlags& flags, std::shared_ptr<GrpcChannel> channel,
                                   ProbeReport& report) {
  if (outcome_of(report) != ProbeOutcome::unreachable) {
    MethodLook methods = co_await look_at_methods(channel, flags.timeout);
    report.methods = std::move(methods);
  }
  if (!flags.server.tls) co_return;
  const Result<TlsAnswer, Failure> answer = co_await shake_hands(flags);
  report.certificates = shown_by(answer);
}

}  // namespace

ProbeOutcome probe_once(const ProbeFlags& flags, std::ostream& out, std::ostream& err) {
  asio::io_context io(1);
  ProbeReport report;
  report.server = flags.server;
  report.health.resize(flags.services.size());
  const auto channel = grpc_channel(io.get_executor(), flags.server);
  std::size_t next = 0;
  for (int i = 0; i < at_a_time; ++i) {
    asio::co_spawn(io, ask_in_turn(flags, channel, next, report), rethrow);
  }
  io.run();
  io.restart();
  asio::co_spawn(io, look_further(flags, channel, report), rethrow);
  io.run();
  const WallTime now = std::chrono::system_clock::now();
  out << (flags.json ? probe_json(report, now) : probe_text(report, now));
  return written(out, err) ? outcome_of(report) : ProbeOutcome::unreachable;
}

}  // namespace mesh
