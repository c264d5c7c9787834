// Why a question to a target brought no answer. The reasons are stable: they are the label values
// of mesh_target_scrape_errors_total, so alerts may name them.
#pragma once

#include <array>
#include <string>
#include <string_view>

namespace mesh {

enum class Reason {
  connect,      // refused, unreachable, reset, or closed before the whole answer had come
  timeout,      // the deadline passed first
  tls,          // the TLS layer failed
  http_status,  // answered, but neither 200 nor 403; a gRPC call that did not end in OK
  too_large,    // the answer passed the size bound
  parse,        // the bytes are not what this question is answered with
  forbidden,    // 403, PERMISSION_DENIED, UNAUTHENTICATED: the proxy refuses this path (Envoy's
                // admin.allow_paths, a mesh's policy)
  not_asked,    // nobody was asked: a file of the agent's own TLS is missing or does not fit
};

inline constexpr std::array all_reasons{
    Reason::connect,   Reason::timeout, Reason::tls,       Reason::http_status,
    Reason::too_large, Reason::parse,   Reason::forbidden, Reason::not_asked,
};

constexpr std::string_view to_string(Reason reason) {
  switch (reason) {
    case Reason::connect: return "connect";
    case Reason::timeout: return "timeout";
    case Reason::tls: return "tls";
    case Reason::http_status: return "http_status";
    case Reason::too_large: return "too_large";
    case Reason::parse: return "parse";
    case Reason::forbidden: return "forbidden";
    case Reason::not_asked: return "not_asked";
  }
  return "";
}

struct Failure {
  Reason reason;
  // What happened, in words that name the question ("/stats: connection refused"). No newline.
  std::string message;

  bool operator==(const Failure&) const = default;
};

// "/clusters" of "/clusters: HTTP status 403": a message that names its question begins with it.
inline std::string_view question_of(const Failure& failure) {
  const std::string_view message = failure.message;
  return message.substr(0, message.find(": "));
}

}  // namespace mesh
