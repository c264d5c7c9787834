// See caller.h. Whether a status came from the mesh shows in the trailing metadata: the servers add
// "demo-server" to every answer, and an Envoy's own answer is a trailers-only response with
// "server: envoy". A status that our own end made up has neither.
#include "caller.h"

#include <grpcpp/grpcpp.h>

#include <condition_variable>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>

#include "greeter.grpc.pb.h"
#include "health.grpc.pb.h"
#include "order.grpc.pb.h"
#include "user.grpc.pb.h"

namespace mesh::demo {
namespace {

using ::demo::Answer;
using ::demo::Ask;

// Cancels the call if it still runs after the given time.
class Canceller {
 public:
  Canceller(grpc::ClientContext& context, std::chrono::milliseconds after)
      : thread_([&context, after](const std::stop_token& stop) {
          std::mutex mutex;
          std::condition_variable_any wake;
          std::unique_lock lock(mutex);
          wake.wait_for(lock, stop, after, [] { return false; });
          if (!stop.stop_requested()) context.TryCancel();
        }) {}

 private:
  std::jthread thread_;
};

Ask ask_for(const PlannedCall& call, const CallOptions& options) {
  Ask ask;
  ask.set_code(call.code);
  ask.set_answers(call.messages);
  ask.set_hold(options.hold);
  ask.set_text("demo");
  return ask;
}

template <typename Rpc>
grpc::Status unary(Outcome& outcome, const Rpc& rpc) {
  Answer answer;
  outcome.requests = 1;
  grpc::Status status = rpc(&answer);
  if (status.ok()) outcome.responses = 1;
  return status;
}

grpc::Status list_users(user::v1::UserService::Stub& stub, grpc::ClientContext& context,
                        const Ask& ask, Outcome& outcome) {
  auto reader = stub.ListUsers(&context, ask);
  outcome.requests = 1;
  Answer answer;
  while (reader->Read(&answer)) ++outcome.responses;
  return reader->Finish();
}

grpc::Status chat(user::v1::UserService::Stub& stub, grpc::ClientContext& context, const Ask& ask,
                  Outcome& outcome) {
  auto stream = stub.Chat(&context);
  Answer answer;
  for (std::uint32_t i = 0; i < ask.answers() && stream->Write(ask); ++i) {
    ++outcome.requests;
    if (!stream->Read(&answer)) break;
    ++outcome.responses;
  }
  stream->WritesDone();
  while (stream->Read(&answer)) ++outcome.responses;
  return stream->Finish();
}

grpc::Status upload_items(order::v1::OrderService::Stub& stub, grpc::ClientContext& context,
                          const Ask& ask, Outcome& outcome) {
  Answer answer;
  auto writer = stub.UploadItems(&context, &answer);
  for (std::uint32_t i = 0; i < ask.answers() && writer->Write(ask); ++i) ++outcome.requests;
  writer->WritesDone();
  grpc::Status status = writer->Finish();
  if (status.ok()) outcome.responses = 1;
  return status;
}

grpc::Status dispatch(const std::shared_ptr<grpc::Channel>& channel, Method method,
                      grpc::ClientContext& context, const Ask& ask, Outcome& outcome) {
  user::v1::UserService::Stub users(channel);
  order::v1::OrderService::Stub orders(channel);
  switch (method) {
    case Method::get_user:
      return unary(outcome, [&](Answer* answer) { return users.GetUser(&context, ask, answer); });
    case Method::list_users: return list_users(users, context, ask, outcome);
    case Method::chat: return chat(users, context, ask, outcome);
    case Method::place_order:
      return unary(outcome,
                   [&](Answer* answer) { return orders.PlaceOrder(&context, ask, answer); });
    case Method::upload_items: return upload_items(orders, context, ask, outcome);
    case Method::say_hello: {
      Greeter::Stub greeter(channel);
      return unary(outcome,
                   [&](Answer* answer) { return greeter.SayHello(&context, ask, answer); });
    }
  }
  return {grpc::StatusCode::UNIMPLEMENTED, "no such method"};
}

}  // namespace

std::shared_ptr<grpc::Channel> open_channel(const std::string& target) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  // A sidecar that was killed and started again is found again at once.
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 50);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 500);
  return grpc::CreateCustomChannel(target, grpc::InsecureChannelCredentials(), arguments);
}

Outcome make_call(const std::shared_ptr<grpc::Channel>& channel, const PlannedCall& call,
                  const CallOptions& options) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + options.deadline);
  // While the sidecar is away, calls wait for it instead of failing by the thousand; besides, the
  // synchronous API works on the new connection only while some call waits for it.
  context.set_wait_for_ready(true);
  if (!options.authority.empty()) context.set_authority(options.authority);
  for (const auto& [name, value] : options.metadata) context.AddMetadata(name, value);
  std::optional<Canceller> canceller;
  if (options.cancel_after.count() > 0) canceller.emplace(context, options.cancel_after);

  Outcome outcome;
  const grpc::Status status =
      dispatch(channel, call.method, context, ask_for(call, options), outcome);
  canceller.reset();
  outcome.code = status.error_code();
  const auto& trailers = context.GetServerTrailingMetadata();
  outcome.answered = trailers.contains("demo-server") || trailers.contains("server");
  return outcome;
}

bool wait_until_serving(const std::shared_ptr<grpc::Channel>& channel,
                        std::chrono::milliseconds at_most, const std::string& authority) {
  const auto deadline = std::chrono::system_clock::now() + at_most;
  grpc::health::v1::Health::Stub health(channel);
  for (const char* service : {"user.v1.UserService", "order.v1.OrderService", "Greeter"}) {
    grpc::health::v1::HealthCheckRequest request;
    grpc::health::v1::HealthCheckResponse response;
    request.set_service(service);
    while (response.status() != grpc::health::v1::HealthCheckResponse::SERVING) {
      if (std::chrono::system_clock::now() >= deadline) return false;
      grpc::ClientContext context;
      context.set_deadline(deadline);
      context.set_wait_for_ready(true);
      if (!authority.empty()) context.set_authority(authority);
      if (!health.Check(&context, request, &response).ok()) {
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
      }
    }
  }
  return true;
}

}  // namespace mesh::demo
