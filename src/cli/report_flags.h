// The flags of `mesh_exporter diagnose` and of the commands that print a table (expose/reports.h).
// Only parsing: main and app do what they say.
#pragma once

#include <chrono>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "cli/shared_flags.h"
#include "expose/reports.h"
#include "model/target.h"

namespace mesh {

struct ReportFlags {
  // Who is asked: what the configuration names, for as long as `look_for`; else the running agent.
  std::string config_file;
  AgentFlags agent;
  std::chrono::milliseconds look_for{15'000};

  ReportFilter filter;
  bool json = false;
  bool help = false;
};

// `arguments` without the program's name and the command's. The error is one line that names the
// flag.
Result<ReportFlags> parse_report_flags(std::string_view command,
                                       std::span<const char* const> arguments);

// What stands before the flags says what the command is for. Ends with a newline.
std::string report_help_text(std::string_view command, std::string_view purpose);

// "diagnose", and each report: the commands there are, a line each for the program's help text.
std::string report_commands_text();

// Whether it is one of them.
bool is_report_command(std::string_view word);
inline constexpr std::string_view diagnose_command = "diagnose";
inline constexpr std::string_view diagnose_purpose =
    "Says what is wrong, with evidence and remedy, and what is fine. Exit code 0: nothing is "
    "wrong;\n"
    "1: something is; 2: nothing was found, but not everything could be looked at, or for long "
    "enough.";

}  // namespace mesh
