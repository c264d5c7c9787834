// The whole program, once it knows its configuration: poller and web server on one io_context,
// until SIGTERM or SIGINT.
#pragma once

#include <string>
#include <vector>

#include "config/config.h"
#include "model/target.h"

namespace mesh {

struct AppOptions {
  std::vector<Address> listen_addresses;
  std::string telemetry_path;
};

// Runs until a signal asks it to end: then no target is asked any more, and open responses are
// finished (limits::shutdown_grace), unless a second signal cuts that short. Returns false, with
// the reason in the log, if it could not start or was cut short.
bool run_app(const Config& config, const AppOptions& options);

}  // namespace mesh
