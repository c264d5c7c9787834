// The flags of `mesh_exporter probe`. Only parsing: main and app do what they say.
#pragma once

#include <chrono>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "model/grpc_server.h"

namespace mesh {

struct ProbeFlags {
  GrpcServer server;
  std::vector<std::string> services{""};  // "": the server as a whole
  std::chrono::milliseconds timeout{5'000};
  bool json = false;
  bool help = false;
};

// `arguments` without the program's name and the command's. The error is one line that names the
// flag.
Result<ProbeFlags> parse_probe_flags(std::span<const char* const> arguments);

std::string probe_help_text();  // ends with a newline

}  // namespace mesh
