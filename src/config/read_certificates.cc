// Endpoints and files one by one; see read_certificates.h.
#include "config/read_certificates.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/duration.h"
#include "base/nearest_word.h"
#include "config/read_client_files.h"
#include "config/read_globs.h"
#include "config/read_issuer.h"
#include "config/read_label.h"
#include "config/read_secrets.h"
#include "config/read_tls_port.h"

namespace mesh {
namespace {

using std::chrono::milliseconds;
using namespace std::chrono_literals;

constexpr std::array<std::string_view, 8> section_keys{
    "interval", "stale_after", "timeout", "parallel", "endpoints", "files", "trust", "secrets"};
constexpr std::array<std::string_view, 3> trust_keys{"name", "file", "spiffe_trust_domain"};
constexpr std::array<std::string_view, 11> endpoint_keys{
    "name",       "mesh",   "namespace",     "workload",
    "address",    "sni",    "alpn",          "client_certificate",
    "client_key", "issuer", "rotation_point"};
constexpr std::array<std::string_view, 4> file_keys{"paths", "password_file", "issuer",
                                                    "rotation_point"};

// More often than each second tells nothing more, and costs a proxy's main thread.
constexpr DurationRange pace{1s, 24h};
constexpr DurationRange memory{1s, 7 * 24h};
constexpr DurationRange patience{100ms, 1min};
constexpr CountRange parallel_range{1, 100};

void read_times(const Fields& fields, CertificatesConfig& config) {
  if (const auto parallel = fields.count("parallel", parallel_range)) {
    config.parallel = static_cast<int>(*parallel);
  }
  config.timeout = fields.duration("timeout", patience).value_or(config.timeout);
  const auto interval = fields.duration("interval", pace);
  const auto stale_after = fields.duration("stale_after", memory);
  if (fields.has("interval") && !interval) return;
  config.interval = interval.value_or(config.interval);
  config.stale_after = stale_after.value_or(std::max(config.stale_after, 2 * config.interval));
  if (!stale_after || *stale_after >= config.interval) return;
  fields.complain(*fields.find("stale_after"), format_duration(*stale_after),
                  "is below the interval",
                  "it not to be below " + format_duration(config.interval));
}

// A mesh, or who else is known to issue certificates; "" where it is none.
std::string read_mesh(const Fields& fields, const Reading& reading) {
  std::vector<std::string_view> known(reading.context.meshes.begin(), reading.context.meshes.end());
  std::erase(known, unknown_mesh);  // a file answers nothing
  known.insert(known.end(), {"spire", "cert-manager"});
  const auto mesh = fields.text("mesh", one_of(known));
  if (!mesh || mesh->empty()) return "";
  fields.is_one_of(*fields.find("mesh"), *mesh, known);
  return *mesh;
}

void read_endpoint(const Field& field, const Reading& reading, std::map<std::string, int>& taken) {
  const Fields fields = reading.fields(field, endpoint_keys);
  if (!is_entry(fields, field, endpoint_keys)) return;
  CertificateEndpoint endpoint;
  const auto name = read_name(fields, "name");
  endpoint.ns = read_name(fields, "namespace").value_or("");
  endpoint.workload = read_label(fields, "workload").value_or("");
  endpoint.mesh = read_mesh(fields, reading);
  endpoint.issuer = read_issuer(fields, reading);
  endpoint.rotation_point = fields.share("rotation_point");
  endpoint.port = read_tls_port(fields, reading);
  read_client_files(fields, endpoint.client_certificate_file, endpoint.client_key_file);
  // The address says as well as any name where it is.
  endpoint.name = name.value_or("");
  if (!fields.has("name")) endpoint.name = to_string(endpoint.port.address);
  if (name && name->empty()) {
    fields.complain(*fields.find("name"), *name, "is empty", "a name, or no key at all");
  }
  const std::string id = endpoint.ns + "/" + endpoint.name;
  const auto [first, added] = taken.emplace(id, field.at.line);
  if (!added && (fields.has("name") || fields.has("address"))) {
    fields.complain(*fields.find(fields.has("name") ? "name" : "address"), endpoint.name,
                    "is taken by the endpoint in line " + std::to_string(first->second),
                    "a name that is unique in its namespace");
  }
  reading.config.certificates.endpoints.push_back(std::move(endpoint));
}

void read_files(const Field& field, const Reading& reading) {
  const Fields fields = reading.fields(field, file_keys);
  if (!is_entry(fields, field, file_keys)) return;
  CertificateFilesConfig files;
  files.issuer = read_issuer(fields, reading);
  files.rotation_point = fields.share("rotation_point");
  files.password_file = read_file_path(fields, "password_file", "the absolute path of a file");
  if (!fields.has("paths")) {
    fields.complain(field, "the key \"paths\" is missing; expected a list of paths");
    return;
  }
  files.paths = read_globs(fields, "paths", reading);
  reading.config.certificates.files.push_back(std::move(files));
}

// Reads a text that must be there. `expected` completes "expected …".
std::string read_required(const Fields& fields, std::string_view key, std::string_view expected) {
  if (!fields.has(key)) {
    fields.complain(fields.self(), "the key \"" + std::string(key) + "\" is missing; expected " +
                                       std::string(expected));
    return "";
  }
  const auto text = fields.text(key, expected);
  if (text && text->empty()) fields.complain(*fields.find(key), *text, "is empty", expected);
  return text.value_or("");
}

void read_trust(const Field& field, const Reading& reading, std::map<std::string, int>& taken) {
  const Fields fields = reading.fields(field, trust_keys);
  if (!is_entry(fields, field, trust_keys)) return;
  TrustConfig trust;
  trust.name = read_required(fields, "name", "a name for this bundle");
  trust.file = read_required(fields, "file", "the absolute path of a PEM file");
  trust.spiffe_trust_domain =
      fields.text("spiffe_trust_domain", "a trust domain such as mesh.test").value_or("");
  const std::string& domain = trust.spiffe_trust_domain;
  if (!trust.file.empty() && !trust.file.starts_with('/')) {
    fields.complain(*fields.find("file"), trust.file, "is not absolute",
                    "a path that begins with a slash");
  }
  if (domain.find('/') != std::string::npos) {
    fields.complain(*fields.find("spiffe_trust_domain"), domain, "has a slash",
                    "the domain alone, such as mesh.test");
  }
  const auto [first, added] = taken.emplace(trust.name, field.at.line);
  if (!added && fields.has("name")) {
    fields.complain(*fields.find("name"), trust.name,
                    "is taken by the bundle in line " + std::to_string(first->second),
                    "a name of its own");
  }
  reading.config.certificates.trust.push_back(std::move(trust));
}

}  // namespace

void read_certificates(const Field& field, const Reading& reading) {
  const Fields fields = reading.fields(field, section_keys);
  read_times(fields, reading.config.certificates);
  if (fields.has("endpoints")) {
    std::map<std::string, int> taken;
    const auto endpoints = fields.list("endpoints", "a list of endpoints");
    for (const Field& endpoint : endpoints.value_or(std::vector<Field>{})) {
      if (reading.problems.full()) return;
      read_endpoint(endpoint, reading, taken);
    }
  }
  if (fields.has("trust")) {
    std::map<std::string, int> taken;
    const auto bundles = fields.list("trust", "a list of trust bundles");
    for (const Field& bundle : bundles.value_or(std::vector<Field>{})) {
      if (reading.problems.full()) return;
      read_trust(bundle, reading, taken);
    }
  }
  if (const auto secrets = fields.find("secrets")) read_secrets(*secrets, reading);
  if (!fields.has("files")) return;
  const auto files = fields.list("files", "a list of files");
  for (const Field& one : files.value_or(std::vector<Field>{})) {
    if (reading.problems.full()) return;
    read_files(one, reading);
  }
}

}  // namespace mesh
