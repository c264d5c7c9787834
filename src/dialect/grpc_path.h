// The method of a gRPC call as HTTP/2 spells it, wherever a proxy wrote it down: the name of a
// route, a label of a metric.
#pragma once

#include <optional>
#include <string_view>

namespace mesh {

struct GrpcPath {
  std::string_view service, method;
};

// "/user.v1.UserService/GetUser" taken apart; nothing if it is any other text, a pattern for
// instance or a path of three parts.
std::optional<GrpcPath> read_grpc_path(std::string_view path);

}  // namespace mesh
