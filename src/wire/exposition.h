// Prometheus' text exposition, as proxies and applications really write it.
//
// Reads text 0.0.4 and the lines of OpenMetrics alike, and forgives what is seen in the wild:
// several # TYPE lines of one family, blank lines, trailing commas inside braces, `\r`, missing
// HELP, timestamps (ignored), exemplars (ignored), spaces around tokens. Names that are no legal
// identifiers stand quoted within the braces: {"http.requests","a.b"="c"} 1. A bad line is counted
// and skipped. Never throws, never logs.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace mesh {

struct Label {
  std::string_view name;
  std::string_view value;  // unescaped
};

// One sample. All views end with the callback.
struct Sample {
  std::string_view name;
  const std::vector<Label>& labels;
  double value;

  // The value of a label, "" if it is not there.
  std::string_view label(std::string_view label_name) const;
};

struct ExpositionReport {
  std::uint64_t samples = 0;
  std::uint64_t unreadable = 0;   // lines that are no sample, with NUL, too long, with a bad number
  std::string unreadable_sample;  // the first of them: at most 80 bytes, unprintables as '?'
};

// Calls `each` for every readable sample in the order of the body.
ExpositionReport read_exposition(std::string_view body,
                                 const std::function<void(const Sample&)>& each);

// Whether a counter can stand at this value: no less than nothing, and no more than 64 bits hold.
inline bool fits_counter(double value) { return value >= 0 && value < 1.8e19; }

}  // namespace mesh
