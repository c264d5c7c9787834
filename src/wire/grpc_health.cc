// One field each; see src/wire/proto/health.proto.
#include "wire/grpc_health.h"

#include <messages/health.pb.h>

namespace mesh {

std::string health_check_request(std::string_view service) {
  grpc_messages::HealthCheckRequest request;
  request.set_service(std::string(service));
  return request.SerializeAsString();
}

std::optional<HealthStatus> parse_health_check_response(std::string_view bytes) {
  grpc_messages::HealthCheckResponse response;
  if (!response.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return std::nullopt;
  switch (response.status()) {
    case 1: return HealthStatus::serving;
    case 2: return HealthStatus::not_serving;
    case 3: return HealthStatus::service_unknown;
    default: return HealthStatus::unknown;
  }
}

}  // namespace mesh
