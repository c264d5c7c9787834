// What a probe of one gRPC server found, as words for people and as JSON for programs; what
// `mesh_exporter probe` prints.
#pragma once

#include <string>

#include "base/clock.h"
#include "model/probe_report.h"

namespace mesh {

// The address, then a line for each thing that was asked: what, and the answer. Names and words of
// the server are shown on one line.
std::string probe_text(const ProbeReport& report, WallTime now);

// One object; dates in RFC 3339, null for what was not asked or not answered.
std::string probe_json(const ProbeReport& report, WallTime now);

}  // namespace mesh
