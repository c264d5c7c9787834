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

// Runs until a signal asks it to end; open responses are finished (limits::shutdown_grace). Returns
// false, with the reason in the log, if it could not start.
bool run_app(const Config& config, const AppOptions& options);

}  // namespace mesh
