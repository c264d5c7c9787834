// Hysteresis; the rule is told in findings_book.h.
#include "compute/findings_book.h"

#include <utility>

#include "compute/findings/all.h"

namespace mesh {

FindingKey key_of(const Finding& finding) {
  return {finding.name, finding.where, finding.upstream, finding.subset, finding.subject};
}

void FindingsBook::enter(const Snapshot& snapshot, Instant now, WallTime wall) {
  std::vector<Finding> found;
  for (const FindingMaker* maker : all_findings) {
    if (maker->stated == Stated::after_a_window) maker->find(snapshot, wall, found);
  }
  enter_found(std::move(found), now, wall);
}

void FindingsBook::enter_found(std::vector<Finding> found, Instant now, WallTime wall) {
  for (Finding& finding : found) {
    const auto [it, fresh] = entries_.try_emplace(key_of(finding));
    Entry& entry = it->second;
    if (fresh) {
      entry.began = now;
      finding.since = wall;
    } else if (!finding.since) {
      finding.since = entry.finding.since;
    }
    entry.finding = std::move(finding);
    entry.last_true = now;
    const bool lasts = !entry.finding.seen_once && now - entry.began >= window_;
    entry.stated = entry.stated || lasts;
  }
  std::erase_if(entries_, [&](const auto& item) {
    const Entry& entry = item.second;
    if (entry.last_true == now) return false;
    return !entry.stated || now - entry.last_true >= window_;
  });
}

std::vector<Finding> FindingsBook::that_are(bool stated) const {
  std::vector<Finding> those;
  for (const auto& [key, entry] : entries_) {
    if (entry.stated == stated) those.push_back(entry.finding);
  }
  return those;
}

std::vector<Finding> FindingsBook::held() const { return that_are(true); }

// What was false at the last look and is not stated is not in the book any more.
std::vector<Finding> FindingsBook::pending() const { return that_are(false); }

}  // namespace mesh
