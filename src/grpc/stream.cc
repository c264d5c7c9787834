// Message by message; see stream.h.
#include "grpc/stream.h"

#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <utility>

#include "base/limits.h"
#include "grpc/flight.h"

namespace mesh {

namespace {

namespace asio = boost::asio;

// Silence is no sign of anything here. So all streams look together, and seldom.
asio::awaitable<void> news_of_stream(FlyingStream& call) {
  constexpr Duration between_looks = limits::grpc_idle / 3;
  const Duration now = std::chrono::steady_clock::now().time_since_epoch();
  const Instant look(now - now % between_looks + between_looks);
  co_await news_of(call, look);
}

}  // namespace

struct GrpcStream::State {
  std::shared_ptr<GrpcChannel> channel;
  std::shared_ptr<FlyingStream> call;  // null: it could not begin
  Result<GrpcAnswer, Failure> end = Failure{Reason::timeout, "cancelled"};
};

GrpcStream::GrpcStream(const asio::any_io_executor& executor, std::shared_ptr<GrpcChannel> channel,
                       const std::string& path, const std::string& request)
    : state_(std::make_unique<State>()) {
  state_->channel = std::move(channel);
  const auto stub = state_->channel->stub();
  if (!stub) {
    state_->end = stub.error();
    return;
  }
  state_->call = std::make_shared<FlyingStream>(executor, *stub);
  state_->channel->prepare(*state_->call, request);
  state_->channel->flights().start(path, state_->call);
}

GrpcStream::~GrpcStream() { cancel(); }

void GrpcStream::cancel() {
  if (state_->call && !state_->call->ended) state_->call->abandon();
}

const Result<GrpcAnswer, Failure>& GrpcStream::end() const { return state_->end; }

asio::awaitable<std::optional<std::string>> GrpcStream::next() {
  const std::shared_ptr<FlyingStream> call = state_->call;
  if (!call) co_return std::nullopt;
  if (!call->ended && !call->flooded) {
    Flights& flights = state_->channel->flights();
    flights.read(call);
    while (!call->read && !call->flooded) co_await news_of_stream(*call);
    if (call->read && *call->read) co_return bytes_of(call->response);
    if (!call->flooded) flights.finish(call);
  }
  while (!call->ended && !call->flooded) co_await news_of_stream(*call);
  if (call->flooded) {
    state_->end = flooding();
    state_->channel->give_up(call->stub);
    cancel();
  } else {
    const std::shared_ptr<GrpcChannel> channel = state_->channel;
    auto end = co_await channel->outcome_of(call);
    state_->end = std::move(end);
  }
  co_return std::nullopt;
}

}  // namespace mesh
