// The whole program, once it knows its configuration: poller and web server on one io_context,
// until SIGTERM or SIGINT. SIGHUP, POST /-/reload or a change of its file have the configuration
// read again, that of the web server as well: one that is wrong changes nothing, and is told in the
// log and in mesh_exporter_config_last_reload_successful.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "app/web_access.h"
#include "config/config.h"
#include "config/load.h"
#include "model/target.h"
#include "scrape/file_read.h"

namespace mesh {

struct AppOptions {
  std::vector<Address> listen_addresses;
  std::string telemetry_path;
  std::string runbook_base;                                   // "": none
  std::function<Result<Config, ConfigErrors>()> read_config;  // as it is now; for a reload
  std::string config_file;
  FileSignature read;                         // of that file, when `config` was read
  std::chrono::milliseconds look_interval{};  // at that file, from one to the next; 0: never
  bool lifecycle = false;                     // POST /-/reload and /-/quit are allowed
  WebAccessRead web{};                        // REQUIRES: it could be read
  std::size_t max_requests = 0;               // scrapes at once; 0: any number
  bool passed_sockets = false;  // listen on those of the service manager, not on the addresses
};

// Who asks for a reload from now on gets it from run_app(), however long it takes to come to that.
void hold_back_reloads();

// Runs until a signal asks it to end: then no target is asked any more, and open responses are
// finished (limits::shutdown_grace), unless a second signal cuts that short. Returns false, with
// the reason in the log, if it could not start or was cut short.
bool run_app(const Config& config, const AppOptions& options);

}  // namespace mesh
