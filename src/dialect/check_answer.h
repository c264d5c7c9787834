// What every dialect does first with an answer: is it one at all? Other statuses than 200 become
// failures here, in one way for all meshes.
#pragma once

#include <optional>
#include <string_view>

#include "model/request.h"

namespace mesh {

// Nothing if the answer is a 200; otherwise the failure, in words that name the question and quote
// the beginning of what the target said.
std::optional<Failure> check_answer(const Answer& answer, std::string_view question);

}  // namespace mesh
