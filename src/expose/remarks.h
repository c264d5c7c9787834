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

// That the answer has nothing of what its dialect reads: a page without counters of calls, or one
// of another mesh than the configuration says. "" if it has, or was not read.
std::string about_nothing_read(const TargetState& state);

}  // namespace mesh
