// What a page is made of: the snapshot, the program's own numbers at this moment, and what does not
// change while it runs. Everything that renders a page is a pure function of these.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "config/config.h"
#include "expose/self_metrics.h"
#include "model/snapshot.h"

namespace mesh {

// The last time the configuration was read.
struct ConfigLoad {
  bool successful = true;
  std::optional<WallTime> last_success;
};

struct PageOptions {
  std::string telemetry_path = "/metrics";
  std::vector<std::string> failure_codes = GrpcConfig{}.failure_codes;
  std::chrono::milliseconds poll_interval = PollConfig{}.interval;  // as configured
  std::string revision;  // the commit this binary was built from; "" where not known
  std::optional<WallTime> started;
  ConfigLoad config;
};

// Borrows all of it for the call it is given to.
struct Page {
  const Snapshot& snapshot;
  const SelfNumbers& self;
  const PageOptions& options;
};

}  // namespace mesh
