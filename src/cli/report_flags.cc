// The table of flags and what each value means; see report_flags.h.
#include "cli/report_flags.h"

#include <array>
#include <utility>

#include "base/duration.h"
#include "base/host_port.h"
#include "base/quoted.h"
#include "cli/flag_words.h"

namespace mesh {
namespace {

using std::chrono::milliseconds;
using namespace std::chrono_literals;

constexpr std::array<Flag, 8> known_flags{{
    {"namespace", "=NAME", "Only what is in this namespace."},
    {"pod", "=NAME", "Only this pod (outside Kubernetes: the target's name)."},
    {"upstream", "=NAME", "Only this upstream; its first parts are enough: users.shop."},
    {"agent", "=127.0.0.1:10420", "The agent to ask."},
    {"config.file", "=PATH", "Ask what this configuration names, and not an agent."},
    {"for", "=15s", "With --config.file: how long to look before judging."},
    {"output", "=text", "text or json."},
    {"help", "", "Print this text and exit (also -h)."},
}};

// Two looks make a window; an hour is somebody else's patience.
constexpr milliseconds shortest_look{1s}, longest_look{1h};

Result<milliseconds> parse_look(const std::string& text) {
  const auto duration = parse_duration(text);
  if (!duration) return Error{"--for: " + in_quotes(text) + " " + duration.error().message};
  if (*duration < shortest_look || *duration > longest_look) {
    return Error{"--for: " + in_quotes(text) + " is out of range; expected from 1s to 1h"};
  }
  return *duration;
}

}  // namespace

Result<ReportFlags> parse_report_flags(std::span<const char* const> arguments) {
  auto words = split_flags({arguments.begin(), arguments.end()}, known_flags, {});
  if (!words) return words.error();
  if (!words->arguments.empty()) return unexpected_argument(words->arguments.front());
  const FlagValues& values = words->values;
  const auto given = [&](std::string_view name) { return values.contains(name); };
  if (given("agent") && given("config.file")) {
    return Error{"--agent: not together with --config.file"};
  }
  if (given("for") && !given("config.file")) return Error{"--for: without --config.file"};

  ReportFlags flags;
  flags.help = given("help");
  std::string output = "text", agent, look;
  const auto take = [&](std::string_view name, std::string& into) {
    if (const auto found = values.find(name); found != values.end()) into = found->second.front();
  };
  take("namespace", flags.filter.ns);
  take("pod", flags.filter.pod);
  take("upstream", flags.filter.upstream);
  take("config.file", flags.config_file);
  take("output", output);
  take("agent", agent);
  take("for", look);
  if (given("agent")) {
    auto address = parse_host_port(agent, 1);
    if (!address || address->host.empty()) {
      return Error{"--agent: " + in_quotes(agent) + " " +
                   (address ? "has no host" : address.error().message) + "; expected HOST:PORT"};
    }
    flags.agent = {std::move(address->host), address->port, ""};
  }
  if (given("for")) {
    const auto duration = parse_look(look);
    if (!duration) return duration.error();
    flags.look_for = *duration;
  }
  flags.json = output == "json";
  if (!flags.json && output != "text") {
    return Error{"--output: unknown form " + in_quotes(output) + "; expected text or json"};
  }
  return flags;
}

std::string report_help_text(std::string_view command, std::string_view purpose) {
  return "usage: mesh_exporter " + std::string(command) + " [flags]\n\n" + std::string(purpose) +
         "\n\nFlags:\n" + describe(known_flags);
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
