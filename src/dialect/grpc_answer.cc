// Statuses in words; see grpc_answer.h.
#include "dialect/grpc_answer.h"

#include <utility>

#include "base/quoted.h"
#include "wire/grpc_code.h"

namespace mesh {

Request grpc_question(std::string_view path, std::string message) {
  Request request{Request::Port::grpc, std::string(path)};
  request.message = std::move(message);
  return request;
}

std::optional<Failure> check_call(const Answer& answer, std::string_view path) {
  const std::string prefix = std::string(path) + ": ";
  if (!answer) return Failure{answer.error().reason, prefix + answer.error().message};
  const std::string_view code = answer->grpc_code;
  if (code == "OK") return std::nullopt;
  std::string message = prefix + "gRPC status ";
  message += code == other_grpc_code ? std::to_string(answer->grpc_number) : std::string(code);
  if (!answer->grpc_message.empty()) message += ": " + in_quotes(answer->grpc_message);
  const bool forbidden = code == "PERMISSION_DENIED" || code == "UNAUTHENTICATED";
  return Failure{forbidden ? Reason::forbidden : Reason::http_status, std::move(message)};
}

}  // namespace mesh
