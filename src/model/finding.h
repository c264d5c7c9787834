// A finding: something that is wrong, or about to be, in words that lead to the remedy. What a
// person would conclude from the metrics, concluded by the agent. The metric, the page, the JSON
// and `mesh_exporter diagnose` all show this one value.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
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

// What a number of the evidence counts in.
enum class Unit : std::uint8_t { count, seconds, ratio, bytes, per_second, unix_seconds };

constexpr std::string_view to_string(Unit unit) {
  switch (unit) {
    case Unit::count: return "count";
    case Unit::seconds: return "seconds";
    case Unit::ratio: return "ratio";
    case Unit::bytes: return "bytes";
    case Unit::per_second: return "per_second";
    case Unit::unix_seconds: return "unix_seconds";
  }
  return "";
}

// One number that the conclusion rests on. The names are part of the JSON: snake_case literals.
struct Evidence {
  std::string_view name;  // "requests_per_connection"
  double value = 0;
  Unit unit = Unit::count;

  bool operator==(const Evidence&) const = default;
};

struct Finding {
  std::string_view name;  // of the FindingMaker, which is also its anchor in the runbook
  Severity severity = Severity::warning;
  Target whose;                  // identity labels
  std::string where;             // "shop/users-0", an endpoint, a file
  std::string upstream, subset;  // "" where it is about none
  std::string subject;           // what it is about there: "leaf spiffe://…", a secret; may be ""
  std::string cause;             // one sentence with the numbers that matter
  std::vector<Evidence> evidence;
  std::string remedy;             // what to do, in the words of the mesh; "": the runbook says it
  std::optional<WallTime> since;  // when it was first seen, where that is known
  bool seen_once = false;         // at a single look so far: may be a moment, so not stated yet

  bool operator==(const Finding&) const = default;
};

}  // namespace mesh
