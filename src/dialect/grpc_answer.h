// What is done first with the answer to a gRPC call: is it one at all?
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "model/request.h"

namespace mesh {

// A call at the target's gRPC port.
Request grpc_question(std::string_view path, std::string message);

// Nothing if the call ended in OK; otherwise the failure, in words that name the call.
std::optional<Failure> check_call(const Answer& answer, std::string_view path);

// Whether the server says that it has no such method.
inline bool is_unimplemented(const Answer& answer) {
  return answer && answer->grpc_code == "UNIMPLEMENTED";
}

}  // namespace mesh
