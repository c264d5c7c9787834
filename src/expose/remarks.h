// What a person should know about a target that answers, and would not see from its being up: what
// cannot be read, told apart or asked, what was folded, and that it is asked less often.
#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "model/snapshot.h"

namespace mesh {

// One a line, in words with counts, what costs most first; none if all is well. Not escaped, and
// as long as the target's words are. `configured` is the poll interval it should be asked at.
std::vector<std::string> remarks(const TargetState& state, Duration configured);

// Of an application: that its page has no counters of calls; "" if it has, or was not read.
std::string about_library(const TargetState& state);

}  // namespace mesh
