// `mesh_exporter diagnose` and the commands that print a table: from the running agent, or from
// what a configuration names, looked at for a while.
#pragma once

#include <iosfwd>
#include <optional>
#include <string_view>

#include "cli/report_flags.h"
#include "config/config.h"

namespace mesh {

// something_found and could_not_look (nothing was found, but not everything could be looked at, or
// for long enough) of `diagnose`. Of a table incomplete: some of what it is about did not answer;
// could_not_look: none of it did, or not the agent.
enum class ReportOutcome { fine, something_found, incomplete, could_not_look };

// Prints to `out`, and to `err` what could not be asked and why, a line each. `config` is that of
// --config.file, if it was given; `colours` those of a terminal.
ReportOutcome show_report(std::string_view command, const ReportFlags& flags,
                          const std::optional<Config>& config, bool colours, std::ostream& out,
                          std::ostream& err);

}  // namespace mesh
