// Which call comes as number N: a fixed mix of methods and statuses, so that two runs of the same
// length make the same calls whatever the timing. Every method meets every status within
// kCallsToSeeAll calls.
#pragma once

#include <grpcpp/support/status_code_enum.h>

#include <cstdint>
#include <string_view>

namespace mesh::demo {

enum class Method { get_user, list_users, chat, place_order, upload_items, say_hello };

struct MethodName {
  std::string_view service;  // "user.v1.UserService"
  std::string_view method;   // "GetUser"
};
MethodName name_of(Method method);

// "GetUser" or "user.v1.UserService/GetUser"; false if there is no such method.
bool parse_method(std::string_view text, Method& into);

// "OK", "NOT_FOUND", …: the canonical upper-snake name.
std::string_view name_of(grpc::StatusCode code);

struct PlannedCall {
  Method method;
  grpc::StatusCode code;
  std::uint32_t messages;  // on each streaming side of the call
};
PlannedCall planned_call(std::uint64_t index);

inline constexpr std::uint64_t kCallsToSeeAll = 400;

}  // namespace mesh::demo
