// Request and Response: one question to a target and its raw answer, an HTTP request or a gRPC call
// of one message each way. A dialect decides which questions a mesh deserves; scraping only carries
// them out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "model/failure.h"

namespace mesh {

struct Request {
  enum class Port { admin, metrics, grpc };  // which door of the target
  Port port = Port::admin;
  std::string path;  // path and query as sent: "/stats?usedonly"; of a gRPC call its method's
  // The largest body that is worth reading, where that is less than what is configured; 0: it is
  // not.
  std::size_t max_bytes = 0;
  std::string message{};  // of a gRPC call: the one that is sent

  bool operator==(const Request&) const = default;
};

struct Response {
  int status = 0;    // of HTTP; of a gRPC call 0
  std::string body;  // whole and unchunked; of a gRPC call the message that came
  // Which connection of this target's client carried it; a new number is a new connection, the
  // only sign of a restart that never fails.
  std::uint64_t connection = 0;
  Instant sent;            // just before the first byte of the question went out
  Instant received;        // when the last byte of the answer was in
  WallTime received_at{};  // the same moment by the wall clock, for answers like "91 s are left"
  // Of a gRPC call: its canonical status, a literal ("OK"; "other" of a number that is none of
  // gRPC's), that number, and what the server says of it.
  std::string_view grpc_code{};
  int grpc_number = 0;
  std::string grpc_message{};
};

using Answer = Result<Response, Failure>;

}  // namespace mesh
