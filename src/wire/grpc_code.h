// The seventeen canonical gRPC status codes and their names
// (https://grpc.github.io/grpc/core/md_doc_statuscodes.html).
#pragma once

#include <array>
#include <optional>
#include <string_view>

namespace mesh {

inline constexpr std::array<std::string_view, 17> grpc_code_names{
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

// What a code outside the canon is called: it stays countable and its number of names bounded.
inline constexpr std::string_view other_grpc_code = "other";

// "14" → "UNAVAILABLE"; another decimal number or "other" → "other"; anything else → nothing.
std::optional<std::string_view> grpc_code_name(std::string_view decimal);

// The same for a status in any spelling that is seen: "5", "NOT_FOUND", "NotFound" or "notfound",
// and "Canceled" with one l.
std::optional<std::string_view> grpc_code_spelled(std::string_view status);

}  // namespace mesh
