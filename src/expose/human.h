// Numbers as people read them at a glance (sizes, ages, durations), and text that is safe within
// HTML, wherever it came from.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace mesh {

// "0.4 ms", "21 ms", "3.2 s", "2 min 5 s", "3 h 2 min", "5 d 3 h".
std::string human_seconds(double seconds);

// "812 B", "33.1 kB", "1.2 MB".
std::string human_bytes(std::uint64_t bytes);

// Markup is escaped, quotes included; what is not valid UTF-8, or would not show or reorder the
// text around it, becomes U+FFFD. What is beyond `most` characters is left out, with "…" for it.
std::string html_text(std::string_view text, std::size_t most = std::string_view::npos);

}  // namespace mesh
