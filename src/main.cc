// mesh_exporter: reads the command line and the configuration, then runs until it is told to end.
//
// Exit codes: 0 ended as asked; 1 could not run (an address in use), or a second signal cut the
// ending short; 2 the command line or the configuration is wrong. Of the commands: 2 too if the
// agent could not be asked; of `diagnose` 0 nothing is wrong, 1 something is, 2 nothing was found
// but not everything could be looked at, or for long enough; of `certificates` 1 something could
// not be read; of `probe` 1 the server is not serving, 2 it does not answer; of the tables 1 some
// targets did not answer, 2 none did. This is the only place that chooses them.
#include <malloc.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "app/app.h"
#include "app/certificates_command.h"
#include "app/config_context.h"
#include "app/probe_command.h"
#include "app/report_command.h"
#include "app/web_access.h"
#include "base/log.h"
#include "cli/certificates_flags.h"
#include "cli/flags.h"
#include "cli/probe_flags.h"
#include "cli/report_flags.h"
#include "config/load.h"

namespace mesh {
namespace {

constexpr int exit_ok = 0, exit_failed = 1, exit_usage = 2, exit_not_looked = 2;

// On the error output, so that what is found can be read by a program.
void print_warnings(const Config& config) {
  for (const std::string& warning : config.warnings) std::cerr << warning << "\n";
}

// Of a metrics URL without what may be a secret: this is pasted into tickets.
void print_found(const std::string& file, const Config& config) {
  std::cout << file << ": valid, " << config.targets.size()
            << (config.targets.size() == 1 ? " target\n" : " targets\n");
  const CertificatesConfig& certificates = config.certificates;
  for (const CertificateEndpoint& endpoint : certificates.endpoints) {
    std::cout << "  TLS endpoint " << qualified(endpoint.ns, endpoint.name) << " "
              << to_string(endpoint.port.address) << "\n";
  }
  for (const CertificateFilesConfig& files : certificates.files) {
    for (const std::string& path : files.paths) std::cout << "  files " << path << "\n";
  }
  for (const TrustConfig& trust : certificates.trust) {
    std::cout << "  trust bundle " << trust.name << " " << trust.file << "\n";
  }
  for (const GrpcProbe& probe : config.probes.grpc) {
    std::cout << "  gRPC server " << qualified(probe.whose.ns, probe.name) << " "
              << to_string(probe.server.address) << "\n";
  }
  for (const std::string& path : config.discovery.files) {
    std::cout << "  targets in " << path << "\n";
  }
  for (const Target& target : config.targets) {
    std::cout << "  " << qualified(target.ns, target.pod) << " (" << target.mesh << ")";
    if (target.admin) std::cout << " admin " << to_string(*target.admin) << where_else(target);
    if (target.metrics) {
      std::cout << " metrics " << to_string(target.metrics->address) << shown_path(*target.metrics);
    }
    if (target.grpc) std::cout << " grpc " << to_string(target.grpc->address);
    if (target.inbound) std::cout << " inbound " << to_string(target.inbound->address);
    std::cout << "\n";
  }
}

// A page of a large node has 10 MB, an answer of a sidecar some 100 kB. Once glibc has seen such a
// buffer go it takes the next ones, up to 32 MB, from the heap, where what they leave is kept; a
// limit that is set stays where it is.
void give_large_buffers_back() {
#ifdef __GLIBC__
  mallopt(M_MMAP_THRESHOLD, 512 * 1024);
  mallopt(M_ARENA_MAX, 1);  // what the page took is there for the next polls
#endif
}

template <class Value>
bool print_errors(const Result<Value, ConfigErrors>& config) {
  for (const Error& error : config ? ConfigErrors{} : config.error()) {
    std::cerr << error.message << "\n";
  }
  return !config;
}

void print_found(const std::string& web_file, const WebAccess& web) {
  const auto now = std::chrono::system_clock::now();
  const auto warning =
      expiry_warning(web_file, *web.config, std::chrono::floor<std::chrono::seconds>(now));
  if (warning) std::cerr << *warning << "\n";
  const std::size_t users = web.config->users.size();
  std::cout << web_file << ": valid, " << (web.tls ? "TLS" : "no TLS") << ", " << users
            << (users == 1 ? " user\n" : " users\n");
}

int run(const Flags& flags) {
  give_large_buffers_back();
  if (!flags.config_check) hold_back_reloads();
  const FileSignature as_read = look_at_file(flags.config_file).signature;
  const Result<Config, ConfigErrors> config = load_config(flags.config_file, config_context());
  const WebAccessRead web = read_web_access(flags.web_config_file);
  const bool wrong = print_errors(config);
  if (print_errors(web.access) || wrong) return exit_usage;
  if (flags.config_check) {
    print_warnings(*config);
    print_found(flags.config_file, *config);
    if (!flags.web_config_file.empty()) print_found(flags.web_config_file, *web.access);
    return exit_ok;
  }
  set_up_log(flags.log_level, flags.log_format);
  const auto read_config = [&flags] { return load_config(flags.config_file, config_context()); };
  const AppOptions options{flags.listen_addresses,
                           flags.telemetry_path,
                           flags.runbook_base,
                           read_config,
                           flags.config_file,
                           as_read,
                           flags.reload_interval,
                           flags.lifecycle,
                           web,
                           flags.max_requests,
                           flags.systemd_socket};
  return run_app(*config, options) ? exit_ok : exit_failed;
}

// The configuration that a command names; nothing if it names none. False: it is wrong, and told.
bool read_named(const std::string& file, std::optional<Config>& config) {
  if (file.empty()) return true;
  Result<Config, ConfigErrors> read = load_config(file, config_context());
  if (read) {
    config = std::move(*read);
    return true;
  }
  for (const Error& error : read.error()) std::cerr << error.message << "\n";
  return false;
}

// NO_COLOR: https://no-color.org
bool wants_colours() {
  const char* const no = std::getenv("NO_COLOR");
  return isatty(STDOUT_FILENO) == 1 && (no == nullptr || *no == '\0');
}

int run_report(std::string_view command, std::span<const char* const> arguments) {
  const Result<ReportFlags> flags = parse_report_flags(command, arguments);
  if (!flags) {
    std::cerr << "mesh_exporter " << command << ": " << flags.error().message << "\n";
    return exit_usage;
  }
  const Report* const report = find_report(command);
  if (flags->help) {
    std::cout << report_help_text(command, report ? report->purpose : diagnose_purpose);
    return exit_ok;
  }
  std::optional<Config> config;
  if (!read_named(flags->config_file, config)) return exit_usage;
  // What cannot be reached is told by the command itself.
  set_up_log(LogLevel::error, LogFormat::logfmt);
  switch (show_report(command, *flags, config, wants_colours(), std::cout, std::cerr)) {
    case ReportOutcome::fine: return exit_ok;
    case ReportOutcome::something_found:
    case ReportOutcome::incomplete: return exit_failed;
    case ReportOutcome::could_not_look: break;
  }
  return exit_not_looked;
}

int run_certificates(std::span<const char* const> arguments) {
  const Result<CertificatesFlags> flags = parse_certificates_flags(arguments);
  if (!flags) {
    std::cerr << "mesh_exporter certificates: " << flags.error().message << "\n";
    return exit_usage;
  }
  if (flags->help) {
    std::cout << certificates_help_text();
    return exit_ok;
  }
  std::optional<Config> config;
  if (!read_named(flags->config_file, config)) return exit_usage;
  // What cannot be read is told by the command itself.
  set_up_log(LogLevel::error, LogFormat::logfmt);
  switch (show_certificates(*flags, config, std::cout, std::cerr)) {
    case CertificatesOutcome::shown: return exit_ok;
    case CertificatesOutcome::incomplete: return exit_failed;
    case CertificatesOutcome::could_not_look: break;
  }
  return exit_not_looked;
}

int run_probe(std::span<const char* const> arguments) {
  const Result<ProbeFlags> flags = parse_probe_flags(arguments);
  if (!flags) {
    std::cerr << "mesh_exporter probe: " << flags.error().message << "\n";
    return exit_usage;
  }
  if (flags->help) {
    std::cout << probe_help_text();
    return exit_ok;
  }
  set_up_log(LogLevel::error, LogFormat::logfmt);
  switch (probe_once(*flags, std::cout, std::cerr)) {
    case ProbeOutcome::up: return exit_ok;
    case ProbeOutcome::not_up: return exit_failed;
    case ProbeOutcome::unreachable: break;
  }
  return exit_not_looked;
}

int start(int argc, const char* const* argv) {
  const std::span<const char* const> all(argv, static_cast<std::size_t>(argc));
  const auto arguments = all.subspan(std::min<std::size_t>(1, all.size()));
  if (!arguments.empty() && std::string_view(arguments[0]) == "certificates") {
    return run_certificates(arguments.subspan(1));
  }
  if (!arguments.empty() && std::string_view(arguments[0]) == "probe") {
    return run_probe(arguments.subspan(1));
  }
  if (!arguments.empty() && is_report_command(arguments[0])) {
    return run_report(arguments[0], arguments.subspan(1));
  }
  const Result<Flags> flags = parse_flags(arguments);
  if (!flags) {
    std::cerr << "mesh_exporter: " << flags.error().message << "\n";
    return exit_usage;
  }
  if (flags->help) {
    std::cout << help_text();
    return exit_ok;
  }
  if (flags->version) {
    std::cout << version_text();
    return exit_ok;
  }
  return run(*flags);
}

}  // namespace
}  // namespace mesh

int main(int argc, char** argv) {
  try {
    return mesh::start(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << "mesh_exporter: " << error.what() << "\n";
    return mesh::exit_failed;
  }
}
