// What a page is made of: the snapshot, the program's own numbers at this moment, and what does not
// change while it runs. Everything that renders a page is a pure function of these.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/build.h"
#include "base/clock.h"
#include "config/config.h"
#include "expose/self_metrics.h"
#include "model/snapshot.h"

namespace mesh {

// The last time the configuration was read, and that of the web server.
struct ConfigLoad {
  std::vector<std::string> refused;  // of their files those that have errors
  std::optional<WallTime> last_success;

  bool successful() const { return refused.empty(); }
};

// What this binary is. The defaults tell the truth; tests pass literals.
struct BuildInfo {
  std::string version{build::version};
  std::string revision;  // the commit it was built from; "" where not known
  std::string compiler{build::compiler};
  std::string kind{build::kind};
  std::string platform{build::platform};
};

struct PageOptions {
  std::string telemetry_path = "/metrics";
  std::vector<std::string> failure_codes = GrpcConfig{}.failure_codes;
  std::chrono::milliseconds poll_interval = PollConfig{}.interval;  // as configured
  BuildInfo build;
  std::optional<WallTime> started;
  ConfigLoad config;
  std::shared_ptr<const Config> in_force;  // null: not told
  std::string runbook_base;                // where a finding's section is to be found; "": not told
};

// Borrows all of it for the call it is given to.
struct Page {
  const Snapshot& snapshot;
  const SelfNumbers& self;
  const PageOptions& options;
};

}  // namespace mesh
