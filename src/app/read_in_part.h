// A question that was answered, and of whose answer a part is beyond our bounds, is both among
// those that were heard and among those that failed: the target has paid for nothing in vain.
#pragma once

#include <algorithm>

#include "model/failure.h"
#include "model/readings.h"

namespace mesh {

inline bool is_heard(const Failure& failure, const Readings& readings) {
  return std::ranges::find(readings.heard, question_of(failure)) != readings.heard.end();
}

}  // namespace mesh
