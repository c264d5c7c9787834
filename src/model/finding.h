// A finding: something that is wrong, or about to be, in words that lead to the remedy. What a
// person would conclude from the metrics, concluded by the agent.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "model/target.h"

namespace mesh {

enum class Severity : std::uint8_t { info, warning, critical };

constexpr std::string_view to_string(Severity severity) {
  switch (severity) {
    case Severity::info: return "info";
    case Severity::warning: return "warning";
    case Severity::critical: return "critical";
  }
  return "";
}

struct Finding {
  std::string_view name;  // a name in compute/findings.h, which is also its anchor in the runbook
  Severity severity = Severity::warning;
  Target whose;          // identity labels
  std::string where;     // "shop/users-0", an endpoint, a file
  std::string upstream;  // "" where it is about none
  std::string evidence;  // one line, with numbers: "spiffe://… expired 3m10s ago"
};

}  // namespace mesh
