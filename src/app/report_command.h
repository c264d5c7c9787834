// `mesh_exporter diagnose` and the commands that print a table: from the running agent, or from
// what a configuration names, looked at for a while.
#pragma once

#include <iosfwd>
#include <optional>
#include <string_view>

#include "cli/report_flags.h"
#include "config/config.h"

namespace mesh {

// could_not_look: nothing was found, but not everything could be looked at.
enum class ReportOutcome { fine, something_found, could_not_look };

// Prints to `out`, or to `err` why not. `config` is that of --config.file, if it was given;
// `colours` those of a terminal. A table that was printed is fine, whatever is in it.
ReportOutcome show_report(std::string_view command, const ReportFlags& flags,
                          const std::optional<Config>& config, bool colours, std::ostream& out,
                          std::ostream& err);

}  // namespace mesh
