// `mesh_exporter probe`: one look at one gRPC server, without any agent or configuration.
#pragma once

#include <iosfwd>

#include "cli/probe_flags.h"

namespace mesh {

// up: each service that was asked for is; not_up: the server answers, and one of them is not;
// unreachable: it does not, or cannot be asked.
enum class ProbeOutcome { up, not_up, unreachable };

// Prints to `out`; complains to `err` if that fails.
ProbeOutcome probe_once(const ProbeFlags& flags, std::ostream& out, std::ostream& err);

}  // namespace mesh
