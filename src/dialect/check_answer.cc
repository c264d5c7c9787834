// Failures in words; see check_answer.h.
#include "dialect/check_answer.h"

#include <string>
#include <utility>

#include "base/quoted.h"

namespace mesh {

std::optional<Failure> check_answer(const Answer& answer, std::string_view question) {
  const std::string prefix = std::string(question) + ": ";
  if (!answer) return Failure{answer.error().reason, prefix + answer.error().message};
  if (answer->status == 200) return std::nullopt;
  std::string message = prefix + "HTTP status " + std::to_string(answer->status);
  if (!answer->body.empty()) message += ": " + in_quotes(answer->body);
  return Failure{answer->status == 403 ? Reason::forbidden : Reason::http_status,
                 std::move(message)};
}

std::optional<Failure> check_samples(const ExpositionReport& report, std::string_view page) {
  if (report.samples > 0) return std::nullopt;
  std::string message(page);
  message += report.unreadable == 0 ? ": nothing on it"
                                    : ": no line is a sample: " + report.unreadable_sample;
  return Failure{Reason::parse, std::move(message)};
}

void note_unreadable(std::uint64_t count, const std::string& sample, Readings& readings) {
  readings.unreadable += count;
  if (count > 0 && readings.unreadable_sample.empty()) readings.unreadable_sample = sample;
}

}  // namespace mesh
