// The two messages of grpc.health.v1: which service is asked for, and what it answers.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "model/grpc_health.h"

namespace mesh {

// The second answers with a message now, and with one whenever its status has changed.
inline constexpr std::string_view health_check_path = "/grpc.health.v1.Health/Check";
inline constexpr std::string_view health_watch_path = "/grpc.health.v1.Health/Watch";

// "": the server as a whole.
std::string health_check_request(std::string_view service);

// Nothing for what is no such message; a status that came after this was written is `unknown`.
std::optional<HealthStatus> parse_health_check_response(std::string_view bytes);

}  // namespace mesh
