// Questions to calls, answers to responses; see grpc_question.h.
#include "scrape/grpc_question.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include "dialect/reflection.h"

namespace mesh {

using std::chrono::steady_clock;

boost::asio::awaitable<Answer> ask_by_call(std::shared_ptr<GrpcChannel> channel, Request request,
                                           Instant deadline) {
  Response response;
  response.sent = steady_clock::now();
  auto answer = co_await grpc_call(channel, request.path, request.message, deadline);
  if (!answer) co_return Answer(answer.error());
  response.received = steady_clock::now();
  response.received_at = std::chrono::system_clock::now();
  response.connection = answer->lost;
  response.grpc_code = answer->code;
  response.grpc_number = answer->number;
  response.grpc_message = std::move(answer->message);
  response.body = std::move(answer->response);
  co_return Answer(std::move(response));
}

boost::asio::awaitable<MethodLook> look_at_methods(std::shared_ptr<GrpcChannel> channel,
                                                   Duration patience) {
  Reflection reflection(std::chrono::hours(1));
  Readings readings;
  MethodLook look;
  Instant latest = steady_clock::now() + method_patience * patience;
  bool goes_on = true;
  while (goes_on) {
    reflection.begin(steady_clock::now());
    for (auto question = reflection.question(); question; question = reflection.question()) {
      const std::string service = reflection.asked_for();
      const Instant now = steady_clock::now();
      if (now >= latest && !service.empty()) {
        ++look.unasked;
        reflection.pass_over();
        continue;
      }
      const Request request = *question;
      const Instant deadline = std::min(now + patience, latest);
      const Answer answer = co_await ask_by_call(channel, request, deadline);
      if (answer || service.empty()) {
        reflection.hear(answer);
        continue;
      }
      look.unanswered.push_back(service);
      look.failure = answer.error();
      reflection.pass_over();
      // Who has gone answers for no other service.
      if (answer.error().reason != Reason::timeout) latest = now;
    }
    reflection.tell(readings);
    goes_on = !readings.declared && readings.partial.empty() && !reflection.has_none();
  }
  look.declared = std::move(readings.declared);
  if (!readings.partial.empty()) look.failure = std::move(readings.partial.front());
  co_return look;
}

}  // namespace mesh
