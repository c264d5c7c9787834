// Counters of an agent that may restart; see agent_failure_book.h.
#include "compute/agent_failure_book.h"

#include "compute/growth.h"

namespace mesh {

void AgentFailureBook::enter(const std::vector<AgentFailures>& failures, bool renewed) {
  for (auto& [reason, entry] : by_reason_) entry.failing = entry.failing && !renewed;
  for (const AgentFailures& now : failures) {
    Entry& entry = by_reason_[now.reason];
    const std::uint64_t more = first_ ? 0 : growth(entry.at_source, now.count);
    entry.at_source = now.count;
    entry.count += more;
    // Failed and renewed between two looks: it was the second try that went well.
    entry.failing = entry.failing || (more > 0 && !renewed);
  }
  first_ = false;
}

std::vector<RotationFailure> AgentFailureBook::counts() const {
  std::vector<RotationFailure> counts;
  for (const auto& [reason, entry] : by_reason_) {
    counts.push_back(
        {"", std::string(reason), entry.count, entry.failing, CertificateSource::proxy});
  }
  return counts;
}

}  // namespace mesh
