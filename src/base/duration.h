// Durations as Prometheus users write them: "15s", "1m30s", "100ms", "1d", "2h45m", "0".
// Units, largest first and each at most once: y w d h m s ms (a year is 365 days).
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace mesh {

// The error's message says what is wrong with the text, without repeating where it stood.
Result<std::chrono::milliseconds> parse_duration(std::string_view text);

// The shortest such text: 90 000 ms → "1m30s", 0 → "0s".
std::string format_duration(std::chrono::milliseconds duration);

// Its two largest units, which is what a person acts upon: "5h12m", "12d3h", "-3m10s", "0s".
std::string format_roughly(std::int64_t seconds);

}  // namespace mesh
