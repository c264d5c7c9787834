// What is kept of a server between calls, and how a call over it has ended; see flight.h.
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <utility>

#include "base/limits.h"
#include "grpc/failures.h"
#include "grpc/flight.h"
#include "grpc/library_channel.h"
#include "grpc/server_names.h"
#include "wire/grpc_code.h"

namespace mesh {

namespace asio = boost::asio;
using std::chrono::steady_clock;
using std::chrono::system_clock;

namespace {

// The library ends the calls of a connection that is lost a moment before the channel knows it.
constexpr std::chrono::milliseconds for_the_state{100};

}  // namespace

GrpcChannel::GrpcChannel(Flights& flights, GrpcServer server)
    : flights_(flights), server_(std::move(server)), target_(library_target(server_.address)) {}

Result<GrpcStub, Failure> GrpcChannel::stub() {
  used_ = steady_clock::now();
  if (stub_) {
    look_for_loss();
    return stub_;
  }
  const auto channel = library_channel(server_);
  if (!channel) return channel.error();
  stub_ = std::make_shared<LibraryStub>(*channel);
  return stub_;
}

void GrpcChannel::give_up(const GrpcStub& broken) {
  if (stub_ != broken || !stub_) return;
  let_go();
  ++lost_;
}

void GrpcChannel::let_go() {
  stub_ = nullptr;
  was_connected_ = false;
}

void GrpcChannel::look_for_loss() {
  if (!was_connected_ || stub_->channel->GetState(false) == GRPC_CHANNEL_READY) return;
  was_connected_ = false;
  ++lost_;
}

void GrpcChannel::let_go_if_idle(Instant now) {
  const bool flies = stub_.use_count() > 1;
  if (!flies && now - used_ >= limits::grpc_idle) let_go();
}

void GrpcChannel::prepare(FlyingCall& call, const std::string& request) const {
  const grpc::Slice slice(request);
  call.request = grpc::ByteBuffer(&slice, 1);
  call.peer_meant = peer_name(server_.address);
  call.port = server_.address.port;
  if (!server_.authority.empty()) call.context.set_authority(server_.authority);
}

asio::awaitable<Result<GrpcAnswer, Failure>> GrpcChannel::outcome_of(
    std::shared_ptr<FlyingCall> call) {
  used_ = steady_clock::now();
  const grpc::Status& status = call->status;
  const auto number = static_cast<std::size_t>(status.error_code());
  GrpcAnswer answer;
  answer.code = number < grpc_code_names.size() ? grpc_code_names[number] : other_grpc_code;
  answer.number = status.error_code();
  answer.message = status.error_message();
  if (status.ok()) answer.response = bytes_of(call->response);
  const bool late = system_clock::now() >= call->context.deadline();
  Connection connection = call->context.peer() == target_ ? Connection::none : Connection::lost;
  if (connection == Connection::lost && may_be_of_the_connection(answer.code, answer.message)) {
    connection = co_await connection_of(call);
  }
  if (auto failure = failure_of(answer.code, answer.message, connection, late)) co_return *failure;
  was_connected_ = stub_ && stub_ == call->stub;
  answer.lost = lost_;
  co_return answer;
}

asio::awaitable<Connection> GrpcChannel::connection_of(std::shared_ptr<FlyingCall> call) {
  flights_.ask_for_connection(call, system_clock::now() + for_the_state);
  const Instant latest = steady_clock::now() + 2 * for_the_state;
  while (!call->parted && steady_clock::now() < latest) co_await news_of(*call, latest);
  co_return call->parted.value_or(true) ? Connection::lost : Connection::kept;
}

}  // namespace mesh
