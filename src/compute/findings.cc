// What is true at a moment, by the list of findings.
#include "compute/findings.h"

#include <map>
#include <optional>
#include <set>
#include <utility>

#include "compute/findings/all.h"
#include "compute/findings_book.h"

namespace mesh {

std::span<const FindingMaker* const> finding_makers() { return all_findings; }

std::vector<Finding> findings(const Snapshot& snapshot, WallTime now) {
  std::vector<Finding> found;
  for (const FindingMaker* maker : all_findings) {
    if (maker->stated == Stated::at_once) {
      maker->find(snapshot, now, found);
      continue;
    }
    for (const Finding& held : snapshot.held_findings) {
      if (held.name == maker->name) found.push_back(held);
    }
  }
  return found;
}

std::vector<Finding> pending_findings(const Snapshot& snapshot, WallTime now) {
  std::set<FindingKey> held;
  for (const Finding& one : snapshot.held_findings) held.insert(key_of(one));
  std::map<FindingKey, std::optional<WallTime>> since;
  for (const Finding& one : snapshot.pending_findings) since.emplace(key_of(one), one.since);
  std::vector<Finding> found;
  for (const FindingMaker* maker : all_findings) {
    if (maker->stated == Stated::after_a_window) maker->find(snapshot, now, found);
  }
  std::erase_if(found, [&](const Finding& one) { return held.contains(key_of(one)); });
  for (Finding& one : found) {
    const auto known = since.find(key_of(one));
    if (!one.since) one.since = known == since.end() ? now : known->second;
  }
  return found;
}

}  // namespace mesh
