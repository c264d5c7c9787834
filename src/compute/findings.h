// The findings: what the agent concludes by itself, and how each of them comes out of a snapshot.
// One file each in compute/findings/, and one visible list (compute/findings/all.h). Every name has
// a section in docs/runbook.md, which says what to look at and which command fixes it.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "model/finding.h"
#include "model/snapshot.h"

namespace mesh {

// When a finding is stated. What a single look proves (a date, a state that the proxy holds) is
// stated at once; what is a verdict on the traffic of a window is stated once it held for one
// window more, and withdrawn likewise (compute/findings_book.h), so that nobody is woken by a
// moment.
enum class Stated : std::uint8_t { at_once, after_a_window };

// What a finding is looked for among, so that "none" can be told from "nothing to look at".
enum class Among : std::uint8_t {
  sidecars,        // proxies that tell of their traffic and pools
  polled,          // the same, and proxyless applications, which tell less
  certificates,    // in use, from any source
  keys,            // certificates whose key or signature is told
  endpoints,       // TLS servers whose chain was seen
  verified,        // of them, those whose chain was held against a trust bundle
  inbound,         // targets whose inbound port is looked at
  bundles,         // configured trust bundles that could be read
  files,           // watched files that can be read
  configured,      // clients of a control plane: what became of their updates is told
  links,           // of them, those that tell whether they are connected to it
  upstreams,       // with enough traffic to tell
  settings,        // proxies whose configuration was read
  memory,          // sidecars of which the kernel tells how much memory they use
  memory_limits,   // of them, those that have a limit
  control_planes,  // whose own page is read
  issuers,         // of them, those that tell what became of requests for certificates
  grpc_services,   // of gRPC servers that are asked for their health
  declarations,    // workloads whose servers tell all their methods, and whose calls are counted
};

struct FindingMaker {
  std::string_view name;
  std::string_view meaning;  // one line, for docs and pages
  Stated stated = Stated::at_once;
  void (*find)(const Snapshot& snapshot, WallTime now, std::vector<Finding>& found) = nullptr;
  Among among = Among::sidecars;
};

// In the order in which they matter: what stops a mesh first.
std::span<const FindingMaker* const> finding_makers();

// All that is true at `now`, in the order of the list: what is stated at once is judged by the
// snapshot, the others are those that the snapshot holds.
std::vector<Finding> findings(const Snapshot& snapshot, WallTime now);

// What needs a window, is true of the snapshot and is not stated. The book looks once an interval:
// what came after its last look is judged here, so that nothing is called healthy that has just
// failed.
std::vector<Finding> pending_findings(const Snapshot& snapshot, WallTime now);

}  // namespace mesh
