// The words of grpc++ 1.51, as Debian 12 has it.
#include "grpc/failures.h"

#include <array>
#include <string>

#include "base/limits.h"
#include "base/regular_file.h"
#include "base/utf8.h"

namespace mesh {
namespace {

constexpr std::string_view was_closed = "the connection was closed", was_reset = "connection reset";

// What is said of a failure whose message has `part`.
struct Wording {
  std::string_view part;
  Reason reason;
  std::string_view words;
};

constexpr std::array<Wording, 15> wordings{{
    {"Received message larger than max", Reason::too_large, "the message is too large"},
    {"Buffers full", Reason::too_large,
     "more came than a message may have"},  // the channel's quota
    {"certificate verify failed", Reason::tls, not_trusted},
    {"Hostname Verification Check failed", Reason::tls, another_name},
    {"another identity", Reason::tls, another_identity},  // library_channel.cc
    {"wrong version number", Reason::tls, "the server does not speak TLS"},
    {"http1.x server", Reason::connect, no_http2},
    {"last error: OK", Reason::connect, "the connection was closed before HTTP/2 began"},
    {"Domain name not found", Reason::connect, "there is no such name"},
    {"Connection refused", Reason::connect, "connection refused"},
    {"No such file or directory", Reason::connect, "there is no such socket"},
    {"Broken pipe", Reason::connect, was_closed},
    {"GOAWAY received", Reason::connect, was_closed},
    {"Connection reset", Reason::connect, was_reset},
    {"Socket closed", Reason::connect, was_closed},
}};

// How the library's own messages begin when a connection ends under a call
// (src/core/ext/transport/chttp2).
constexpr std::array<std::string_view, 13> endings{"GOAWAY received",
                                                   "Last stream closed after",
                                                   "Socket closed",
                                                   "Stream removed",
                                                   "Transport closed",
                                                   "Transport destroyed",
                                                   "recvmsg",
                                                   "sendmsg",
                                                   "Connection reset",
                                                   "Pending writes failed",
                                                   "Transport Stream IDs exhausted",
                                                   "Endpoint read failed",
                                                   "Received RST_STREAM"};

// What it says of an answer that is HTTP/2 and no gRPC.
constexpr std::string_view http_status = "Received http2 header with status: ";

// A server, or a gateway of what is behind it, says the like of messages that it takes, but hardly
// of the same bound.
bool is_of_a_bound_of_ours(std::string_view message) {
  static const std::string ours = " vs. " + std::to_string(limits::grpc_message_bytes) + ")";
  if (message == wordings[1].part) return true;
  return message.starts_with(wordings[0].part) && message.ends_with(ours);
}

Failure in_words(Reason reason, std::string_view message) {
  constexpr std::size_t most = 300;
  for (const Wording& wording : wordings) {
    if (message.find(wording.part) == std::string_view::npos) continue;
    return {wording.reason, std::string(wording.words)};
  }
  const bool shaking = message.find("handshake failed") != std::string_view::npos;
  return {shaking ? Reason::tls : reason, shown_on_one_line(message, most)};
}

}  // namespace

// Or the words are the operating system's: UNAVAILABLE for "Broken pipe".
bool may_be_of_the_connection(std::string_view code, std::string_view message) {
  constexpr int last_errno = 133;  // EHWPOISON, of Linux
  for (const std::string_view beginning : endings) {
    if (message.starts_with(beginning)) return true;
  }
  for (int error = 1; code == "UNAVAILABLE" && error <= last_errno; ++error) {
    if (message == errno_words(error)) return true;
  }
  return false;
}

std::optional<Failure> failure_of(std::string_view code, std::string_view message,
                                  Connection connection, bool late) {
  if (code == "OK") return std::nullopt;
  if (code == "DEADLINE_EXCEEDED" && late) return Failure{Reason::timeout, std::string(no_answer)};
  const bool too_large = code == "RESOURCE_EXHAUSTED" && is_of_a_bound_of_ours(message);
  if (message.starts_with(http_status)) {
    message.remove_prefix(http_status.size());
    return Failure{Reason::http_status, "no gRPC: HTTP status " + shown_on_one_line(message, 10)};
  }
  const bool cut = connection != Connection::kept && may_be_of_the_connection(code, message);
  if (connection != Connection::none && !too_large && !cut) return std::nullopt;
  const bool unanswered = cut || code == "UNAVAILABLE" || code == "CANCELLED";
  return in_words(unanswered ? Reason::connect : Reason::parse, message);
}

bool is_closed(const Failure& failure) {
  const std::string_view words = failure.message;
  return failure.reason == Reason::connect && (words.starts_with(was_closed) || words == was_reset);
}

bool may_be_the_connections(Reason reason) {
  return reason == Reason::connect || reason == Reason::tls || reason == Reason::timeout;
}

}  // namespace mesh
