// Three ways to the same rows: the agent's API, a pass over a configuration, or a look at what
// the command line names; see certificates_command.h.
#include "app/certificates_command.h"

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <filesystem>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/ask_agent.h"
#include "app/complain.h"
#include "app/watchers.h"
#include "app/written.h"
#include "base/rethrow.h"
#include "compute/left_out.h"
#include "expose/certificate_table.h"
#include "expose/reports.h"
#include "expose/table.h"
#include "scrape/glob_pattern.h"

namespace mesh {
namespace {

namespace asio = boost::asio;

// People are told what is not in the list, too.
std::string path_of(const CertificatesFlags& flags) {
  std::string path = "/api/v1/certificates?sort=";
  path.append(to_string(flags.sort)).append(flags.all ? "&all=true" : "");
  if (!flags.json) path += "&summary=true";
  const std::string filter = report_query(flags.filter);
  return filter.empty() ? path : path + "&" + filter;
}

constexpr std::string_view instead =
    "; name another one with --agent, or what to look at with --config.file, --file or --connect";

// What is to be printed, or why there is nothing.
Result<std::string> ask(const CertificatesFlags& flags) {
  Result<std::string> answer = ask_agent(flags.agent, path_of(flags), instead);
  if (!answer) return answer;
  if (flags.json) {
    return is_json_list(*answer, "certificate") ? std::move(answer)
                                                : not_an_agent(flags.agent, instead);
  }
  // In what way it is no list tells nobody whom to ask instead.
  const Result<CertificateList> list = parse_certificate_list(*answer);
  if (!list) return not_an_agent(flags.agent, instead);
  return certificate_text(*list);
}

CertificatesOutcome show_agents(const CertificatesFlags& flags, std::ostream& out,
                                std::ostream& err) {
  const Result<std::string> answer = ask(flags);
  if (!answer) {
    err << "mesh_exporter: " << answer.error().message << "\n";
    return CertificatesOutcome::could_not_look;
  }
  out << *answer;
  return written(out, err) ? CertificatesOutcome::shown : CertificatesOutcome::incomplete;
}

std::string absolute(const std::string& path) {
  return std::filesystem::absolute(path).lexically_normal().string();
}

// A path of this shell to one that a pattern can name: absolute, and its characters as they are.
std::string as_pattern(const std::string& path) {
  std::string pattern;
  for (const char c : absolute(path)) {
    if (std::string_view("*?[\\").find(c) != std::string_view::npos) pattern += '\\';
    pattern += c;
  }
  return pattern;
}

CertificatesConfig places_of(const CertificatesFlags& flags) {
  CertificatesConfig config;
  if (!flags.files.empty()) {
    CertificateFilesConfig files;
    for (const std::string& path : flags.files) files.paths.push_back(as_pattern(path));
    files.password_file = flags.password_file;
    config.files.push_back(std::move(files));
  }
  for (const Address& address : flags.connect) {
    CertificateEndpoint endpoint;
    endpoint.name = to_string(address);
    endpoint.port = {address, flags.sni, flags.alpn};
    config.endpoints.push_back(std::move(endpoint));
  }
  return config;
}

// Only what the filter would let through need be asked. Files belong to no namespace and no pod.
void narrow(Config& config, const ReportFilter& filter) {
  if (filter == ReportFilter{}) return;
  std::erase_if(config.targets, [&](const Target& target) { return !filter.lets(target); });
  std::erase_if(config.certificates.endpoints, [&](const CertificateEndpoint& endpoint) {
    Target whose;
    whose.ns = endpoint.ns;
    return !filter.lets(whose);
  });
  config.certificates.files.clear();
  // Secrets are of a namespace and of no pod.
  SecretsConfig& secrets = config.certificates.secrets;
  const bool asked_for =
      secrets.namespaces.empty() ||
      std::ranges::find(secrets.namespaces, filter.ns) != secrets.namespaces.end();
  secrets.enabled = secrets.enabled && filter.pod.empty() && asked_for;
  secrets.namespaces = {filter.ns};
}

// One pass over all that the configuration names.
std::shared_ptr<const Snapshot> pass_over(const Config& config) {
  asio::io_context io(1);
  Watchers watchers(io.get_executor(), config);
  watchers.start(rethrow);
  while (!watchers.all_looked()) io.run_one();
  return watchers.snapshot();
}

// What is beyond the bound of a place, if anything is.
std::string left_out(const std::shared_ptr<const CertificatePlace>& place) {
  if (!place || place->left_out == 0) return "";
  return std::to_string(place->left_out) + " certificates are left out, those that expire last";
}

// The files that must be there: those on the command line, and the patterns that can match one
// only.
std::vector<std::string> named_files(const CertificatesFlags& flags, const Config& config) {
  if (!flags.files.empty()) return flags.files;
  std::vector<std::string> named;
  for (const CertificateFilesConfig& files : config.certificates.files) {
    for (const std::string& pattern : files.paths) {
      std::string path = GlobPattern(pattern).only_path();
      if (!path.empty()) named.push_back(std::move(path));
    }
  }
  return named;
}

// A line for each that could not be read, or not as a whole.
bool complain_of_all(const Snapshot& snapshot, const std::vector<std::string>& named,
                     std::ostream& err) {
  bool whole = true;
  const auto say = [&](const std::string& where, const std::string& what) {
    if (what.empty()) return;
    complain(where, what, err);
    whole = false;
  };
  for (const auto& state : snapshot.targets) {
    if (state->failure) say(target_id(state->target), state->failure->message);
    for (const Unanswered& one : state->unanswered) {
      if (one.question == "/certs") say(target_id(state->target), one.failure.message);
    }
    for (const auto& place : state->certificates) say(target_id(state->target), left_out(place));
  }
  for (const auto& state : snapshot.tls_endpoints) {
    const std::string where = where_of(*state);
    if (state->failure) say(where, state->failure->message);
    if (state->handshake.unreadable > 0) say(where, state->handshake.unreadable_sample);
    say(where, left_out(state->certificates));
  }
  for (const auto& file : snapshot.files->remarkable) {
    say(file->path, file->error);
    say(file->path, left_out(file->certificates));
    if (file->unreadable > 0) say(file->path, file->unreadable_sample);
    const bool nothing = !file->certificates || file->certificates->known.empty();
    if (nothing && file->error.empty() && file->unreadable == 0) say(file->path, "no certificate");
  }
  for (const DiscoveryState& source : snapshot.discovery->sources) {
    if (source.source != "secret") continue;
    for (const std::string& problem : source.problems) say("Secrets", problem);
  }
  for (const std::string& path : named) {
    std::error_code error;
    const bool is_there = std::filesystem::exists(std::filesystem::symlink_status(path, error));
    const bool is_gone = error == std::errc::no_such_file_or_directory || !error;
    if (!is_there) say(path, is_gone ? "no such file" : error.message());
  }
  return whole;
}

}  // namespace

CertificatesOutcome show_certificates(const CertificatesFlags& flags,
                                      const std::optional<Config>& config, std::ostream& out,
                                      std::ostream& err) {
  const bool places = !flags.files.empty() || !flags.connect.empty();
  if (!places && !config) return show_agents(flags, out, err);
  Config what = config.value_or(Config{});
  if (places) what.certificates = places_of(flags);
  narrow(what, flags.filter);
  const auto snapshot = pass_over(what);
  const WallTime now = std::chrono::system_clock::now();
  std::vector<CertificateRow> rows = certificate_rows(*snapshot, now, flags.all);
  sort_rows(rows, flags.sort);
  out << (flags.json ? certificates_json(rows)
                     : certificate_text(certificate_list(rows, now, all_left_out(*snapshot),
                                                         cut_off(*snapshot))));
  const bool whole = complain_of_all(*snapshot, named_files(flags, what), err);
  return written(out, err) && whole ? CertificatesOutcome::shown : CertificatesOutcome::incomplete;
}

}  // namespace mesh
