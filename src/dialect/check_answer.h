// What every dialect does first with an answer: is it one at all? Other statuses than 200 become
// failures here, in one way for all meshes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "model/readings.h"
#include "model/request.h"
#include "wire/exposition.h"

namespace mesh {

// Nothing if the answer is a 200; otherwise the failure, in words that name the question and quote
// the beginning of what the target said.
std::optional<Failure> check_answer(const Answer& answer, std::string_view question);

// Nothing if a page of metrics has a sample: one without any is no page of metrics.
std::optional<Failure> check_samples(const ExpositionReport& report, std::string_view page);

// Adds what of one answer could not be understood. Of several answers of a poll the first sample is
// kept.
void note_unreadable(std::uint64_t count, const std::string& sample, Readings& readings);

// What is asked for, for messages: the path without its query, which may hold a secret. Borrows.
inline std::string_view page_of(const Request& request) {
  return std::string_view(request.path).substr(0, request.path.find('?'));
}

}  // namespace mesh
