// The command line: which flags there are, what they mean, and what to tell somebody who mistyped
// one. Spelled as Prometheus' exporters spell theirs. Only parsing: main decides what to do.
#pragma once

#include <chrono>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/log.h"
#include "base/result.h"
#include "model/target.h"

namespace mesh {

struct Flags {
  std::string config_file = "mesh_exporter.yaml";
  bool config_check = false;                               // validate, say what was found, leave
  std::vector<Address> listen_addresses{{"", 10420, ""}};  // an empty host: all addresses
  bool systemd_socket = false;    // on the sockets that are passed, and not on those addresses
  std::string web_config_file;    // "": the pages are for everybody, over plain HTTP
  std::size_t max_requests = 40;  // scrapes at once; 0: any number
  std::string telemetry_path = "/metrics";
  std::string runbook_base;                         // of links on the status pages; "": none
  bool lifecycle = false;                           // POST /-/reload and /-/quit
  std::chrono::milliseconds reload_interval{5000};  // looks at the file for a change; 0: never
  LogLevel log_level = LogLevel::info;
  LogFormat log_format = LogFormat::logfmt;
  bool version = false;  // print version_text() and leave
  bool help = false;     // print help_text() and leave

  bool operator==(const Flags&) const = default;
};

// `arguments` without the program's name. Flags are never abbreviated. The error is one line that
// names the flag.
Result<Flags> parse_flags(std::span<const char* const> arguments);

// Both end with a newline.
std::string help_text();
std::string version_text();

}  // namespace mesh
