// The flags of the program itself: the table, and what each value means.
#include "cli/flags.h"

#include <algorithm>
#include <array>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "base/build.h"
#include "base/duration.h"
#include "base/host_port.h"
#include "base/nearest_word.h"
#include "base/quoted.h"
#include "base/text.h"
#include "cli/flag_words.h"
#include "cli/report_flags.h"
#include "cli/shared_flags.h"
#include "expose/answers.h"

namespace mesh {
namespace {

constexpr std::array<Flag, 14> known_flags{{
    {"config.file", "=mesh_exporter.yaml", "The configuration file."},
    {"config.check", "", "Check the configuration, print what was found, exit 0 or 2."},
    {"config.auto-reload-interval", "=5s", "Look so often whether the file has changed; 0: never."},
    {"web.listen-address", "=:10420",
     "Serve on :PORT, HOST:PORT or unix:/PATH; repeatable, port 0: any free one."},
    {"web.systemd-socket", "", "Serve on the sockets that systemd passes, and on no others."},
    {"web.config.file", "=PATH",
     "TLS, passwords and headers, in the form of Prometheus' exporters.", EmptyValue::left_out},
    {"web.max-requests", "=40", "Answer so many scrapes at once, and 503 to more; 0: any number."},
    {"web.telemetry-path", "=/metrics", "The path of the metrics page."},
    {"web.runbook-url", "=URL", "Where the status pages link to: URL#FINDING; empty: nowhere.",
     EmptyValue::left_out},
    {"web.enable-lifecycle", "", "Allow POST /-/reload and POST /-/quit."},
    {"log.level", "=info", "The least severe lines to log: debug, info, warn or error."},
    {"log.format", "=logfmt", "The form of log lines: logfmt or json."},
    {"version", "", "Print the version and exit."},
    {"help", "", "Print this text and exit (also -h)."},
}};

Result<Address> parse_listen_address(const std::string& text) {
  constexpr std::string_view unix_scheme = "unix:";
  if (text.starts_with(unix_scheme)) {
    std::string path = text.substr(unix_scheme.size());
    if (path.starts_with('/')) return Address{"", 0, std::move(path)};
    return Error{"--web.listen-address: " + in_quotes(text) +
                 " has no path that begins with a slash; expected unix:/PATH"};
  }
  auto parsed = parse_host_port(text);
  if (!parsed) {
    return Error{"--web.listen-address: " + in_quotes(text) + " " + parsed.error().message +
                 "; expected :PORT, HOST:PORT, [IPV6]:PORT or unix:/PATH"};
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
  if (is_taken_path(path)) return wrong("is taken; expected another path");
  if (!plain) return wrong("has characters that a path cannot have");
  return std::nullopt;
}

std::optional<Error> complaint_about_runbook(const std::string& url) {
  if (url.empty() || url.starts_with("https://") || url.starts_with("http://")) return std::nullopt;
  return Error{"--web.runbook-url: " + in_quotes(url) + " does not begin with https:// or http://"};
}

// Those whose names begin with "web.".
std::optional<Error> read_web_flags(const FlagValues& values, Flags& flags) {
  flags.lifecycle = values.contains("web.enable-lifecycle");
  flags.systemd_socket = values.contains("web.systemd-socket");
  take_flag(values, "web.config.file", flags.web_config_file);
  if (const auto listen = values.find("web.listen-address"); listen != values.end()) {
    if (flags.systemd_socket) {
      return Error{"--web.listen-address: not together with --web.systemd-socket"};
    }
    flags.listen_addresses.clear();
    for (const std::string& text : listen->second) {
      auto address = parse_listen_address(text);
      if (!address) return address.error();
      flags.listen_addresses.push_back(std::move(*address));
    }
  }
  take_flag(values, "web.telemetry-path", flags.telemetry_path);
  if (values.contains("web.max-requests")) {
    const std::string& text = values.find("web.max-requests")->second.front();
    const auto count = parse_u64(text);
    if (!count) return Error{"--web.max-requests: " + in_quotes(text) + " is not a whole number"};
    flags.max_requests = static_cast<std::size_t>(*count);
  }
  take_flag(values, "web.runbook-url", flags.runbook_base);
  if (auto complaint = complaint_about_runbook(flags.runbook_base)) return complaint;
  return complaint_about_path(flags.telemetry_path);
}

using GivenFlag = std::function<const std::string*(std::string_view name)>;

std::optional<Error> read_log_flags(const GivenFlag& given, Flags& flags) {
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
  return std::nullopt;
}

// Of a first word that is none: with its flags behind it, those would be told to be unknown.
Error unknown_command(std::string_view word) {
  std::vector<std::string_view> known{"certificates", "probe", diagnose_command};
  for (const Report& report : reports()) known.push_back(report.name);
  const auto nearest = nearest_word(word, known);
  return Error{"unknown command " + in_quotes(word) +
               (nearest ? "; did you mean " + std::string(*nearest) + "?" : "; try --help")};
}

}  // namespace

Result<Flags> parse_flags(std::span<const char* const> arguments) {
  static constexpr std::array<std::string_view, 1> repeatable{"web.listen-address"};
  if (!arguments.empty() && !std::string_view(arguments[0]).starts_with('-')) {
    return unknown_command(arguments[0]);
  }
  auto words = split_flags({arguments.begin(), arguments.end()}, known_flags, repeatable);
  if (!words) return words.error();
  if (!words->arguments.empty()) return unexpected_argument(words->arguments.front());
  const FlagValues& values = words->values;
  const auto given = [&](std::string_view name) -> const std::string* {
    const auto found = values.find(name);
    return found == values.end() ? nullptr : &found->second.front();
  };

  Flags flags;
  flags.config_check = given("config.check") != nullptr;
  flags.version = given("version") != nullptr;
  flags.help = given("help") != nullptr;
  if (const std::string* file = given("config.file")) flags.config_file = *file;
  if (auto complaint = read_web_flags(values, flags)) return *complaint;
  if (const std::string* text = given("config.auto-reload-interval")) {
    const auto interval = parse_duration(*text);
    if (!interval) {
      return Error{"--config.auto-reload-interval: " + in_quotes(*text) + " is " +
                   interval.error().message};
    }
    flags.reload_interval = *interval;
  }
  if (auto complaint = read_log_flags(given, flags)) return *complaint;
  return flags;
}

std::string help_text() {
  std::string text =
      "mesh_exporter asks the sidecars of a service mesh what they know of gRPC calls, load and\n"
      "certificates, and serves it as Prometheus metrics and as a diagnosis in words.\n\n"
      "usage: mesh_exporter [flags]\n"
      "       mesh_exporter COMMAND [flags]     (with --help for its own)\n\nFlags:\n";
  text += describe(known_flags);
  text += "\nCommands, which ask the agent on this node:\n" + report_commands_text() +
          "  certificates  Certificates in use and what is left of their lives.\n"
          "\nAnd without an agent:\n"
          "  probe         Whether a gRPC server is serving, and its certificate.\n";
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
