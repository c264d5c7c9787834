// What a gRPC server says of its health (grpc.health.v1), as one look found it.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace mesh {

// The words are label values of mesh_grpc_health_status, so alerts may name them.
enum class HealthStatus : std::uint8_t {
  serving,
  not_serving,
  unknown,          // the server says that it does not know
  service_unknown,  // it knows no service of this name
  unimplemented,    // it answers, and has no health service
  failed,           // it answers something else: a status, or what is no answer of a health service
  unreachable,      // no answer
  not_asked,        // we cannot ask: a file of the probe's own TLS is missing or does not fit
};

inline constexpr std::array all_health_statuses{
    HealthStatus::serving,         HealthStatus::not_serving,   HealthStatus::unknown,
    HealthStatus::service_unknown, HealthStatus::unimplemented, HealthStatus::failed,
    HealthStatus::unreachable,     HealthStatus::not_asked,
};

constexpr std::string_view to_string(HealthStatus status) {
  switch (status) {
    case HealthStatus::serving: return "serving";
    case HealthStatus::not_serving: return "not_serving";
    case HealthStatus::unknown: return "unknown";
    case HealthStatus::service_unknown: return "service_unknown";
    case HealthStatus::unimplemented: return "unimplemented";
    case HealthStatus::failed: return "failed";
    case HealthStatus::unreachable: return "unreachable";
    case HealthStatus::not_asked: return "not_asked";
  }
  return "";
}

// Whether calls can be expected to be served: who has no health service answers all the same.
constexpr bool is_up(HealthStatus status) {
  return status == HealthStatus::serving || status == HealthStatus::unimplemented;
}

struct HealthLook {
  HealthStatus status = HealthStatus::unreachable;
  // Why, of `failed`, `unreachable` and `not_asked`: "connection refused"; one line.
  std::string words;
  Duration took{};

  bool operator==(const HealthLook&) const = default;
};

}  // namespace mesh
