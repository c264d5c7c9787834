// What the tests of the diagnosis share: that of a snapshot, by the sample's agent and options.
#pragma once

#include "expose/diagnosis.h"
#include "expose/sample_page.h"

namespace mesh::sample {

inline Diagnosis diagnosis_of(const Snapshot& snapshot, const ReportFilter& filter = {}) {
  const SelfNumbers numbers = self();
  const PageOptions all = options();
  return diagnose({snapshot, numbers, all}, filter);
}

}  // namespace mesh::sample
