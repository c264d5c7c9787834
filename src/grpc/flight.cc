// The life of a call; see flight.h.
#include "grpc/flight.h"

#include <grpc/support/log.h>
#include <grpcpp/channel.h>

#include <boost/asio/execution/context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <utility>

#include "base/log.h"
#include "base/utf8.h"
#include "grpc/failures.h"
#include "grpc/library_channel.h"
#include "grpc/server_names.h"
#include "wire/grpc_code.h"

namespace mesh {
namespace {

namespace asio = boost::asio;
using std::chrono::system_clock;

// What the library would write to the error output in a form of its own. Failures are told by the
// calls: this is for who looks closer.
void log_as_ours(gpr_log_func_args* line) {
  const std::string text = shown_on_one_line(line->message);
  log(LogLevel::debug, "the gRPC library says", {{"line", text}});
}

}  // namespace

void FlyingStream::abandon() {
  FlyingCall::abandon();
  let_go();
}

void FlyingStream::let_go() {
  if (std::exchange(held, false)) RemoveHold();
}

void FlyingStream::OnReadDone(bool ok) { flights.read(this, ok); }

void FlyingStream::OnDone(const grpc::Status& how) { flights.landed(this, how); }

Flights::Flights(asio::execution_context& context) : service(context) {
  gpr_set_log_function(log_as_ours);
}

void Flights::start(grpc::GenericStub& stub, const std::string& path,
                    const std::shared_ptr<FlyingCall>& call) {
  FlyingCall* const raw = call.get();
  {
    const std::lock_guard lock(mutex_);
    flying_.emplace(raw, call);
  }
  stub.UnaryCall(&raw->context, path, {}, &raw->request, &raw->response,
                 [this, raw](grpc::Status status) { landed(raw, std::move(status)); });
}

void Flights::start(grpc::GenericStub& stub, const std::string& path,
                    const std::shared_ptr<FlyingStream>& call) {
  {
    const std::lock_guard lock(mutex_);
    flying_.emplace(call.get(), call);
  }
  stub.PrepareBidiStreamingCall(&call->context, path, {}, call.get());
  call->AddHold();
  call->held = true;
  call->StartWriteLast(&call->request, {});
  call->StartCall();
}

void Flights::read(FlyingStream* raw, bool ok) {
  const std::lock_guard lock(mutex_);
  if (ending_) return;
  const auto call = std::static_pointer_cast<FlyingStream>(flying_.at(raw));
  asio::post(raw->waiting.get_executor(), [call, ok] {
    call->read = ok;
    call->waiting.cancel();
  });
}

void Flights::landed(FlyingCall* raw, grpc::Status status) {
  const std::lock_guard lock(mutex_);
  auto node = flying_.extract(raw);
  raw->status = std::move(status);
  if (ending_) {
    landed_.push_back(std::move(node.mapped()));
  } else {
    asio::post(raw->waiting.get_executor(), [call = std::move(node.mapped())] {
      call->ended = true;
      call->waiting.cancel();
    });
  }
  changed_.notify_all();
}

void Flights::shutdown() noexcept {
  std::vector<std::shared_ptr<FlyingCall>> flying;
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
    for (const auto& [raw, call] : flying_) flying.push_back(call);
  }
  for (const auto& call : flying) call->abandon();
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return flying_.empty(); });
  landed_.clear();
}

Flights& flights_of(const asio::any_io_executor& executor) {
  return asio::use_service<Flights>(asio::query(executor, asio::execution::context));
}

GrpcChannel::GrpcChannel(Flights& flights, GrpcServer server)
    : flights_(flights), server_(std::move(server)), target_(library_target(server_.address)) {}

Result<GrpcChannel::Stub, Failure> GrpcChannel::stub() {
  if (stub_) return stub_;
  const auto channel = library_channel(server_);
  if (!channel) return channel.error();
  stub_ = std::make_shared<grpc::GenericStub>(*channel);
  return stub_;
}

void GrpcChannel::give_up(const Stub& broken) {
  if (stub_ == broken) stub_ = nullptr;
}

void GrpcChannel::prepare(FlyingCall& call, const std::string& request) const {
  const grpc::Slice slice(request);
  call.request = grpc::ByteBuffer(&slice, 1);
  if (!server_.authority.empty()) call.context.set_authority(server_.authority);
}

Result<GrpcAnswer, Failure> GrpcChannel::outcome_of(const FlyingCall& call) const {
  const grpc::Status& status = call.status;
  const auto number = static_cast<std::size_t>(status.error_code());
  GrpcAnswer answer;
  answer.code = number < grpc_code_names.size() ? grpc_code_names[number] : other_grpc_code;
  answer.message = status.error_message();
  if (status.ok()) answer.response = bytes_of(call.response);
  const bool late = system_clock::now() >= call.context.deadline();
  const bool answered = call.context.peer() != target_;
  if (auto failure = failure_of(answer.code, answer.message, answered, late)) return *failure;
  return answer;
}

asio::awaitable<void> news_of(FlyingCall& call) {
  boost::system::error_code cancelled;
  auto token = asio::redirect_error(asio::use_awaitable, cancelled);
  co_await call.waiting.async_wait(token);
}

std::string bytes_of(const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  std::string bytes;
  if (!buffer.Dump(&slices).ok()) return bytes;
  bytes.reserve(buffer.Length());
  for (const grpc::Slice& slice : slices) {
    bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  return bytes;
}

}  // namespace mesh
