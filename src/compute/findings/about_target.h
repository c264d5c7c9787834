// A finding about one target as such: whose it is and where. What is wrong there the caller adds.
#pragma once

#include <string_view>

#include "model/finding.h"
#include "model/snapshot.h"

namespace mesh {

inline Finding about_target(std::string_view name, Severity severity, const TargetState& state) {
  Finding finding;
  finding.name = name;
  finding.severity = severity;
  finding.whose = state.target;
  finding.where = target_id(state.target);
  return finding;
}

}  // namespace mesh
