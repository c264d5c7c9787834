// One attempt, or two; see call.h.
#include "grpc/call.h"

#include <algorithm>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <optional>
#include <utility>

#include "grpc/distrust.h"
#include "grpc/failures.h"
#include "grpc/flight.h"
#include "grpc/server_names.h"

namespace mesh {
namespace {

namespace asio = boost::asio;
using std::chrono::steady_clock;
using std::chrono::system_clock;

// How long after the deadline the library may take to say so. It never does while a server floods
// the connection: the thread that would say it is busy with what comes in.
constexpr std::chrono::milliseconds patience{250};

// A call that takes this long may be a sign that something is wrong beneath. So may one that takes
// twice as long, and so on: among a thousand servers that are silent each look counts.
constexpr std::chrono::milliseconds slow{100};

bool waits(const FlyingCall& call) { return !call.ended && !call.flooded; }

// Whoever waited for it has gone.
struct CancelledUnlessEnded {
  FlyingCall& call;
  ~CancelledUnlessEnded() {
    if (!call.ended) call.abandon();
  }
};

asio::awaitable<Result<GrpcAnswer, Failure>> attempt(GrpcChannel& channel, const std::string& path,
                                                     const std::string& request, Instant deadline) {
  const auto stub = channel.stub();
  if (!stub) co_return stub.error();
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  const auto call = std::make_shared<FlyingUnary>(executor, *stub);
  const CancelledUnlessEnded guard{*call};
  channel.prepare(*call, request);
  const Duration left = deadline - steady_clock::now();
  call->context.set_deadline(system_clock::now() + left);
  channel.flights().start(path, call);
  const Instant latest = deadline + patience;
  Duration look = slow;
  for (Instant now = steady_clock::now(); waits(*call) && now < latest; now = steady_clock::now()) {
    const Instant next = std::min(latest, now + look);
    co_await news_of(*call, next);
    look *= 2;
  }
  if (call->flooded) {
    channel.give_up(*stub);
    co_return flooding();
  }
  if (!call->ended) {
    channel.give_up(*stub);
    call->cut_off();
    co_return Failure{Reason::timeout, std::string(no_answer)};
  }
  Result<GrpcAnswer, Failure> outcome = co_await channel.outcome_of(call);
  if (outcome && outcome->code == "OK" && !call->response.Valid()) {
    co_return Failure{Reason::parse, "no message came with the answer"};
  }
  // Behind the message that was read the library holds back whatever more of them there is, and the
  // status with it. A server that never ends its answer looks the same.
  if (!outcome && outcome.error().reason == Reason::timeout && call->response.Valid()) {
    co_return Failure{Reason::parse, "more than one message came, or no end of the answer"};
  }
  if (!outcome && may_be_the_connections(outcome.error().reason)) channel.give_up(*stub);
  co_return outcome;
}

}  // namespace

std::shared_ptr<GrpcChannel> grpc_channel(const asio::any_io_executor& executor,
                                          const GrpcServer& server) {
  Flights& flights = flights_of(executor);
  std::erase_if(flights.channels, [](const auto& one) { return one.second.expired(); });
  std::weak_ptr<GrpcChannel>& known = flights.channels[key_of(server)];
  auto channel = known.lock();
  if (!channel) known = channel = std::make_shared<GrpcChannel>(flights, server);
  return channel;
}

void rest(GrpcChannel& channel) { channel.let_go(); }

asio::awaitable<Result<GrpcAnswer, Failure>> grpc_call(std::shared_ptr<GrpcChannel> channel,
                                                       std::string path, std::string request,
                                                       Instant deadline) {
  const bool kept = channel->is_kept();
  auto outcome = co_await attempt(*channel, path, request, deadline);
  const bool stale = kept && !outcome && !channel->is_kept();
  if (stale && steady_clock::now() < deadline) {
    auto again = co_await attempt(*channel, path, request, deadline);
    outcome = std::move(again);
  }
  if (outcome) co_return outcome;
  const Failure failure = outcome.error();
  const GrpcServer server = channel->server();
  const std::optional<Failure> found = co_await found_out(server, failure, deadline);
  co_return found.value_or(failure);
}

}  // namespace mesh
