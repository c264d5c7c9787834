// Dates as JSON writes them: "2026-11-23T20:15:46Z", with a fraction or an offset where the writer
// likes. Protobuf, Kubernetes and Consul all write RFC 3339.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace mesh {

// Whole seconds, floored. Nothing unless all of `text` is a date that exists, from year 0 to 9999;
// the second 60 of a leap second counts as the next one.
std::optional<std::chrono::sys_seconds> parse_rfc3339(std::string_view text);

// In UTC.
std::string to_rfc3339(std::chrono::sys_seconds t);

}  // namespace mesh
