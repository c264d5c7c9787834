// How Linkerd's proxy tells what became of a call: in three spellings.
//
//   response_total, route_…       grpc_status="14", error=""
//   inbound_grpc_statuses_total   status="14" (not read: response_total tells the same, and more)
//   outbound_grpc_route_…         grpc_status="UNAVAILABLE", error=""
//
// A stream that ended without a status has none in the second ("") and "UNKNOWN" in the others. It
// is told from a server that said UNKNOWN by classification="success" in the first, where UNKNOWN
// is a failure, and by an error in the third.
//
// Calls that the proxy itself ended have an error and no status in any of them, but the route's
// families name the error, and which status the caller is then sent is fixed
// (linkerd/app/outbound/src/http/server.rs): DEADLINE_EXCEEDED after a timeout of the route, and
// when no endpoint took the call in time (FAIL_FAST); UNAVAILABLE when calls are not even queued
// any more (LOAD_SHED). A timeout that comes when the answer has begun resets the stream instead;
// that is not told apart.
#pragma once

#include <optional>
#include <string_view>

#include "model/series.h"
#include "wire/exposition.h"

namespace mesh {

bool is_outbound(const Sample& sample);  // of the older text

// As it stands there; "" if the answer had none. Documents and some versions call it
// grpc_status_code.
std::string_view grpc_status_of(const Sample& sample);

// What is counted: calls with their status, or resets with their kind.
struct Outcome {
  Counted counted;
  std::string_view detail;

  bool operator==(const Outcome&) const = default;
};

// Of the older text. Nothing for answers that are not gRPC's; a status that no one knows is a call
// with the status "other".
std::optional<Outcome> outcome_of_answer(const Sample& sample);

// Of outbound_grpc_route_request_statuses_total.
Outcome outcome_of_call(const Sample& sample);

// Whether a limit of time of the route ended it; whether it was for want of an endpoint. Of either
// family of routes, gRPC or HTTP.
bool timed_out(const Sample& sample);
bool found_no_endpoint(const Sample& sample);

}  // namespace mesh
