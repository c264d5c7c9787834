// Statuses and errors in the contract's words; see linkerd_answer.h.
#include "dialect/linkerd_answer.h"

#include "wire/grpc_code.h"

namespace mesh {
namespace {

// Somebody ended the stream; who, is not told.
constexpr Outcome cut_short{Counted::resets, "unknown"};

Outcome call_with(std::string_view status) {
  return {Counted::calls, grpc_code_spelled(status).value_or(other_grpc_code)};
}

// What the caller is sent, or how the stream ended, if there was no status.
Outcome outcome_of_error(std::string_view error) {
  if (error == "FAIL_FAST") return {Counted::calls, "DEADLINE_EXCEEDED"};
  if (error == "LOAD_SHED") return {Counted::calls, "UNAVAILABLE"};
  if (error.ends_with("_TIMEOUT")) {
    // Only a stream that had begun can be idle.
    if (error == "IDLE_TIMEOUT") return {Counted::resets, "local"};
    return {Counted::calls, "DEADLINE_EXCEEDED"};
  }
  // HTTP/2's reasons of a stream's reset.
  for (const std::string_view reason : {"CANCEL", "REFUSED", "ENHANCE_YOUR_CALM", "RESET"}) {
    if (error == reason) return {Counted::resets, "remote"};
  }
  if (error == "GO_AWAY" || error == "IO") return {Counted::resets, "lost"};
  return cut_short;
}

}  // namespace

bool is_outbound(const Sample& sample) { return sample.label("direction") == "outbound"; }

std::string_view grpc_status_of(const Sample& sample) {
  const std::string_view status = sample.label("grpc_status");
  return status.empty() ? sample.label("grpc_status_code") : status;
}

std::optional<Outcome> outcome_of_answer(const Sample& sample) {
  const std::string_view status = grpc_status_of(sample);
  if (!status.empty()) {
    const Outcome call = call_with(status);
    const bool is_failure = sample.label("classification") == "failure";
    return call.detail == "UNKNOWN" && !is_failure ? cut_short : call;
  }
  const bool was_answered = !sample.label("status_code").empty();
  if (was_answered || sample.label("error").empty()) return std::nullopt;
  return cut_short;
}

Outcome outcome_of_call(const Sample& sample) {
  const Outcome call = call_with(grpc_status_of(sample));
  const std::string_view error = sample.label("error");
  return call.detail == "UNKNOWN" && !error.empty() ? outcome_of_error(error) : call;
}

bool timed_out(const Sample& sample) {
  const std::string_view error = sample.label("error");
  return error.ends_with("_TIMEOUT") && error != "IDLE_TIMEOUT";
}

bool found_no_endpoint(const Sample& sample) {
  const std::string_view error = sample.label("error");
  return error == "FAIL_FAST" || error == "LOAD_SHED";
}

}  // namespace mesh
