// What every dialect does first with an answer: is it one at all?
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "model/request.h"

namespace mesh {

// Nothing if the answer is a 200; otherwise the failure, in words that name the question.
inline std::optional<Failure> check_answer(const Answer& answer, std::string_view question) {
  const std::string prefix = std::string(question) + ": ";
  if (!answer) return Failure{answer.error().reason, prefix + answer.error().message};
  if (answer->status == 200) return std::nullopt;
  return Failure{answer->status == 403 ? Reason::forbidden : Reason::http_status,
                 prefix + "HTTP status " + std::to_string(answer->status)};
}

}  // namespace mesh
