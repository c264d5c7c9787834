// Questions to calls, answers to responses; see grpc_question.h.
#include "scrape/grpc_question.h"

#include <chrono>
#include <optional>
#include <utility>

#include "dialect/reflection.h"

namespace mesh {

boost::asio::awaitable<Answer> ask_by_call(std::shared_ptr<GrpcChannel> channel, Request request,
                                           Instant deadline) {
  Response response;
  response.sent = std::chrono::steady_clock::now();
  auto answer = co_await grpc_call(channel, request.path, request.message, deadline);
  if (!answer) co_return Answer(answer.error());
  response.received = std::chrono::steady_clock::now();
  response.received_at = std::chrono::system_clock::now();
  response.grpc_code = answer->code;
  response.grpc_message = std::move(answer->message);
  response.body = std::move(answer->response);
  co_return Answer(std::move(response));
}

boost::asio::awaitable<MethodLook> look_at_methods(std::shared_ptr<GrpcChannel> channel,
                                                   Instant deadline) {
  Reflection reflection(std::chrono::hours(1));
  Readings readings;
  bool goes_on = true;
  while (goes_on) {
    reflection.begin(std::chrono::steady_clock::now());
    for (auto question = reflection.question(); question; question = reflection.question()) {
      const Request request = *question;
      const Answer answer = co_await ask_by_call(channel, request, deadline);
      reflection.hear(answer);
    }
    reflection.tell(readings);
    goes_on = !readings.declared && readings.partial.empty() && !reflection.has_none();
  }
  MethodLook look;
  look.declared = std::move(readings.declared);
  if (!readings.partial.empty()) look.failure = std::move(readings.partial.front());
  co_return look;
}

}  // namespace mesh
