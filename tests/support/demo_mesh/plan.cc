// The mix: half of all calls are GetUser, nine of ten calls are OK. The status table is walked one
// step per round of the method table, shifted by the place in it, so that the two never lock step.
#include "plan.h"

#include <algorithm>
#include <array>
#include <iterator>

namespace mesh::demo {
namespace {

constexpr std::array kMethods{
    Method::get_user, Method::say_hello,   Method::get_user, Method::place_order,
    Method::get_user, Method::list_users,  Method::get_user, Method::say_hello,
    Method::get_user, Method::place_order, Method::get_user, Method::chat,
    Method::get_user, Method::say_hello,   Method::get_user, Method::upload_items,
};

// 25 and 16 have no common factor.
constexpr auto kStatuses = [] {
  std::array<grpc::StatusCode, 25> statuses{};
  std::ranges::fill(statuses, grpc::StatusCode::OK);
  statuses[3] = grpc::StatusCode::NOT_FOUND;
  statuses[9] = grpc::StatusCode::UNAVAILABLE;
  statuses[15] = grpc::StatusCode::DEADLINE_EXCEEDED;
  statuses[21] = grpc::StatusCode::INTERNAL;
  return statuses;
}();

static_assert(kMethods.size() * kStatuses.size() == kCallsToSeeAll);

constexpr std::string_view kCodeNames[] = {
    "OK",
    "CANCELLED",
    "UNKNOWN",
    "INVALID_ARGUMENT",
    "DEADLINE_EXCEEDED",
    "NOT_FOUND",
    "ALREADY_EXISTS",
    "PERMISSION_DENIED",
    "RESOURCE_EXHAUSTED",
    "FAILED_PRECONDITION",
    "ABORTED",
    "OUT_OF_RANGE",
    "UNIMPLEMENTED",
    "INTERNAL",
    "UNAVAILABLE",
    "DATA_LOSS",
    "UNAUTHENTICATED",
};

}  // namespace

MethodName name_of(Method method) {
  switch (method) {
    case Method::get_user: return {"user.v1.UserService", "GetUser"};
    case Method::list_users: return {"user.v1.UserService", "ListUsers"};
    case Method::chat: return {"user.v1.UserService", "Chat"};
    case Method::place_order: return {"order.v1.OrderService", "PlaceOrder"};
    case Method::upload_items: return {"order.v1.OrderService", "UploadItems"};
    case Method::say_hello: return {"Greeter", "SayHello"};
  }
  return {};
}

bool parse_method(std::string_view text, Method& into) {
  for (Method method : kMethods) {
    const MethodName name = name_of(method);
    const bool with_service = text.size() == name.service.size() + 1 + name.method.size() &&
                              text.starts_with(name.service) && text.ends_with(name.method) &&
                              text[name.service.size()] == '/';
    if (text == name.method || with_service) {
      into = method;
      return true;
    }
  }
  return false;
}

std::string_view name_of(grpc::StatusCode code) {
  const auto number = static_cast<std::size_t>(code);
  return number < std::size(kCodeNames) ? kCodeNames[number] : "other";
}

PlannedCall planned_call(std::uint64_t index) {
  const std::uint64_t place = index % kMethods.size();
  const std::uint64_t round = index / kMethods.size();
  return {kMethods[place], kStatuses[(round + place * 7) % kStatuses.size()],
          static_cast<std::uint32_t>(1 + index % 3)};
}

}  // namespace mesh::demo
