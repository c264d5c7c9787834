// Boost.Program_options splits the command line; what the values mean and every word of the
// messages is ours, because its messages speak of "options" and do not know what was nearly meant.
#include "cli/flags.h"

#include <algorithm>
#include <array>
#include <boost/program_options.hpp>
#include <map>
#include <optional>
#include <utility>

#include "base/build.h"
#include "base/host_port.h"
#include "base/nearest_word.h"
#include "base/quoted.h"

namespace mesh {
namespace {

namespace po = boost::program_options;

struct Flag {
  std::string_view name;
  std::string_view value;  // "=VALUE" in the help text; "" for a switch
  std::string_view help;
};

constexpr std::array<Flag, 8> known_flags{{
    {"config.file", "=mesh_exporter.yaml", "The configuration file."},
    {"config.check", "", "Check the configuration, print what was found, exit 0 or 2."},
    {"web.listen-address", "=:10420",
     "Serve on :PORT, HOST:PORT or [IPV6]:PORT; repeatable, port 0: any free."},
    {"web.telemetry-path", "=/metrics", "The path of the metrics page."},
    {"log.level", "=info", "The least severe lines to log: debug, info, warn or error."},
    {"log.format", "=logfmt", "The form of log lines: logfmt or json."},
    {"version", "", "Print the version and exit."},
    {"help", "", "Print this text and exit (also -h)."},
}};

using Values = std::map<std::string, std::vector<std::string>, std::less<>>;

Error unknown_flag(std::string_view token) {
  const std::string_view word = token.substr(0, token.find('='));
  std::array<std::string, known_flags.size()> spellings;
  std::array<std::string_view, known_flags.size()> known;
  for (std::size_t i = 0; i < known_flags.size(); ++i) {
    spellings[i] = "--" + std::string(known_flags[i].name);
    known[i] = spellings[i];
  }
  const auto nearest = nearest_word(word, known);
  return Error{"unknown flag " + in_quotes(word) +
               (nearest ? "; did you mean " + std::string(*nearest) + "?" : "; try --help")};
}

po::options_description describe_flags() {
  po::options_description description;
  for (const Flag& flag : known_flags) {
    const std::string names(flag.name == "help" ? "help,h" : flag.name);
    if (flag.value.empty()) {
      description.add_options()(names.c_str(), "");
    } else {
      description.add_options()(names.c_str(), po::value<std::vector<std::string>>(), "");
    }
  }
  return description;
}

bool is_known_flag(std::string_view token) {
  return token.starts_with("--") &&
         std::ranges::find(known_flags, token.substr(2), &Flag::name) != known_flags.end();
}

// What is wrong with one piece of the command line, if anything.
std::optional<Error> complaint_about(const po::option& piece) {
  const std::string token = piece.original_tokens.empty() ? "" : piece.original_tokens[0];
  if (piece.unregistered) return unknown_flag(token);
  if (piece.position_key != -1) {
    return Error{"unexpected argument " + in_quotes(token) + "; try --help"};
  }
  // "--config.file --config.check": the library takes the second for the value of the first.
  if (!piece.value.empty() && (piece.value[0].empty() || is_known_flag(piece.value[0]))) {
    return Error{"--" + piece.string_key + ": the value is missing"};
  }
  return std::nullopt;
}

// The values of each flag as written, in their order; a switch that was set has one of "".
Result<Values> split(const std::vector<std::string>& arguments) {
  using namespace po::command_line_style;
  constexpr int style = allow_long | long_allow_adjacent | long_allow_next | allow_short |
                        allow_dash_for_short | short_allow_next;
  const po::options_description description = describe_flags();
  Values values;
  try {
    po::command_line_parser parser(arguments);
    parser.options(description).style(style).allow_unregistered();
    for (const po::option& piece : parser.run().options) {
      if (auto complaint = complaint_about(piece)) return *complaint;
      values[piece.string_key].push_back(piece.value.empty() ? "" : piece.value[0]);
    }
  } catch (const po::error_with_option_name& error) {
    // What is left for the library to refuse: no value where there must be one, or the reverse.
    const std::string flag = "--" + error.get_option_name().substr(2);
    const bool is_switch = std::ranges::any_of(known_flags, [&](const Flag& known) {
      return known.value.empty() && flag == "--" + std::string(known.name);
    });
    return Error{flag + (is_switch ? ": takes no value" : ": the value is missing")};
  }
  return values;
}

Result<Address> parse_listen_address(const std::string& text) {
  auto parsed = parse_host_port(text);
  if (!parsed) {
    return Error{"--web.listen-address: " + in_quotes(text) + " " + parsed.error().message +
                 "; expected :PORT, HOST:PORT or [IPV6]:PORT"};
  }
  return Address{std::move(parsed->host), parsed->port, ""};
}

std::optional<Error> complaint_about_path(const std::string& path) {
  const auto wrong = [&](const char* what) {
    return Error{"--web.telemetry-path: " + in_quotes(path) + " " + what};
  };
  const bool plain = std::ranges::all_of(path, [](char c) {
    return c > ' ' && c < 0x7F && std::string_view("?#%\\\"<>").find(c) == std::string_view::npos;
  });
  if (!path.starts_with('/')) return wrong("does not begin with a slash");
  if (path == "/") return wrong("is the landing page; expected another path, such as /metrics");
  if (path == "/-/healthy" || path == "/-/ready" || path == "/certificates" ||
      path == "/api/v1/certificates") {
    return wrong("is taken; expected another path");
  }
  if (!plain) return wrong("has characters that a path cannot have");
  return std::nullopt;
}

// The words of those flags that may stand only once.
std::optional<Error> complaint_about_repetition(const Values& values) {
  for (const auto& [name, given] : values) {
    if (name != "web.listen-address" && given.size() > 1) {
      return Error{"--" + name + ": given " + std::to_string(given.size()) + " times"};
    }
  }
  return std::nullopt;
}

}  // namespace

Result<Flags> parse_flags(std::span<const char* const> arguments) {
  auto split_values = split({arguments.begin(), arguments.end()});
  if (!split_values) return split_values.error();
  const Values& values = *split_values;
  if (auto complaint = complaint_about_repetition(values)) return *complaint;
  const auto given = [&](std::string_view name) -> const std::string* {
    const auto found = values.find(name);
    return found == values.end() ? nullptr : &found->second.front();
  };

  Flags flags;
  flags.config_check = given("config.check") != nullptr;
  flags.version = given("version") != nullptr;
  flags.help = given("help") != nullptr;
  if (const std::string* file = given("config.file")) flags.config_file = *file;
  if (const auto listen = values.find("web.listen-address"); listen != values.end()) {
    flags.listen_addresses.clear();
    for (const std::string& text : listen->second) {
      auto address = parse_listen_address(text);
      if (!address) return address.error();
      flags.listen_addresses.push_back(std::move(*address));
    }
  }
  if (const std::string* path = given("web.telemetry-path")) {
    if (auto complaint = complaint_about_path(*path)) return *complaint;
    flags.telemetry_path = *path;
  }
  if (const std::string* word = given("log.level")) {
    const auto level = parse_log_level(*word);
    if (!level) {
      return Error{"--log.level: unknown level " + in_quotes(*word) +
                   "; expected debug, info, warn or error"};
    }
    flags.log_level = *level;
  }
  if (const std::string* word = given("log.format")) {
    const auto format = parse_log_format(*word);
    if (!format) {
      return Error{"--log.format: unknown format " + in_quotes(*word) +
                   "; expected logfmt or json"};
    }
    flags.log_format = *format;
  }
  return flags;
}

std::string help_text() {
  std::string text =
      "usage: mesh_exporter [flags]\n\n"
      "Watches service-mesh sidecars (Envoy) and serves what they count, per gRPC method,\n"
      "as Prometheus metrics.\n\nFlags:\n";
  for (const Flag& flag : known_flags) {
    std::string left = "  --" + std::string(flag.name) + std::string(flag.value);
    left.resize(std::max<std::size_t>(left.size() + 2, 36), ' ');
    text += left + std::string(flag.help) + "\n";
  }
  return text;
}

std::string version_text() {
  std::string text = "mesh_exporter, version " + std::string(build::version);
  text += " (" + std::string(build::kind) + ")\n";
  text += "  compiler:  " + std::string(build::compiler) + "\n";
  text += "  platform:  " + std::string(build::platform) + "\n";
  return text;
}

}  // namespace mesh
