// The table of flags and what each value means; see report_flags.h.
#include "cli/report_flags.h"

#include <array>
#include <utility>
#include <vector>

#include "base/duration.h"
#include "base/quoted.h"
#include "cli/shared_flags.h"

namespace mesh {
namespace {

using std::chrono::milliseconds;
using namespace std::chrono_literals;

constexpr std::array<Flag, 9> known_flags{{
    namespace_flag,
    pod_flag,
    upstream_flag,
    agent_flag,
    http_config_flag,
    {"config.file", "=PATH", "Ask what this configuration names, and not an agent."},
    {"for", "=15s", "With --config.file: how long to look before judging."},
    output_flag,
    help_flag,
}};

// Those that this command takes: where there are no upstreams, it cannot be narrowed to one.
std::vector<Flag> flags_of(std::string_view command) {
  std::vector<Flag> flags(known_flags.begin(), known_flags.end());
  const Report* const report = find_report(command);
  if (report && !report->by_upstream) {
    std::erase_if(flags, [](const Flag& flag) { return flag.name == upstream_flag.name; });
  }
  return flags;
}

// Two looks make a window; an hour is somebody else's patience.
constexpr milliseconds shortest_look{1s}, longest_look{1h};

Result<milliseconds> parse_look(const std::string& text) {
  const auto duration = parse_duration(text);
  if (!duration) return Error{"--for: " + in_quotes(text) + " is " + duration.error().message};
  if (*duration < shortest_look || *duration > longest_look) {
    return Error{"--for: " + in_quotes(text) + " is out of range; expected from 1s to 1h"};
  }
  return *duration;
}

}  // namespace

Result<ReportFlags> parse_report_flags(std::string_view command,
                                       std::span<const char* const> arguments) {
  auto words = split_flags({arguments.begin(), arguments.end()}, known_flags, {});
  if (!words) return words.error();
  if (!words->arguments.empty()) return unexpected_argument(words->arguments.front());
  const FlagValues& values = words->values;
  const auto given = [&](std::string_view name) { return values.contains(name); };
  const Report* const report = find_report(command);
  if (given("upstream") && report && !report->by_upstream) {
    return Error{"--upstream: " + std::string(command) +
                 " takes --namespace and --pod only, for it shows no upstreams"};
  }
  if (given("agent") && given("config.file")) {
    return Error{"--agent: not together with --config.file"};
  }
  if (given("http.config.file") && given("config.file")) {
    return Error{"--http.config.file: not together with --config.file"};
  }
  if (given("for") && !given("config.file")) return Error{"--for: without --config.file"};

  ReportFlags flags;
  flags.help = given("help");
  flags.filter = filter_of(values);
  take_flag(values, "config.file", flags.config_file);
  auto agent = agent_of(values);
  if (!agent) return agent.error();
  flags.agent = std::move(*agent);
  if (given("for")) {
    const auto duration = parse_look(values.find("for")->second.front());
    if (!duration) return duration.error();
    flags.look_for = *duration;
  }
  const auto json = wants_json(values);
  if (!json) return json.error();
  flags.json = *json;
  return flags;
}

std::string report_help_text(std::string_view command, std::string_view purpose) {
  return "usage: mesh_exporter " + std::string(command) + " [flags]\n\n" + std::string(purpose) +
         "\n\nFlags:\n" + describe(flags_of(command));
}

std::string report_commands_text() {
  std::string text = "  diagnose      What is wrong, with evidence and remedy, and what is fine.\n";
  for (const Report& report : reports()) {
    const std::string name(report.name);
    text += "  " + name + std::string(14 - name.size(), ' ') + std::string(report.purpose) + "\n";
  }
  return text;
}

bool is_report_command(std::string_view word) {
  return word == diagnose_command || find_report(word) != nullptr;
}

}  // namespace mesh
