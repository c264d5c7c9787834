// /clusters in text: `<cluster>::<host>::<key>::<value>`, about twenty lines a host.
//
// Nothing is escaped, and a cluster's name, an IPv6 address, a pipe's path and a hostname may all
// contain "::". What helps: a cluster opens with `<cluster>::observability_name::<stat name>`, so
// that its name is known for the lines that follow (a proxy too old for that line is read from the
// right); an IPv6 address stands in brackets; and the keys that matter are few.
#include <algorithm>
#include <array>
#include <bitset>
#include <cstddef>
#include <optional>
#include <utility>

#include "base/limits.h"
#include "base/text.h"
#include "wire/envoy_clusters.h"

namespace mesh {
namespace {

constexpr std::string_view separator = "::";

// The keys of a host that are read, every other one is passed over. Same order as their names.
enum class HostKey : std::size_t {
  requests_total,
  requests_failed,
  requests_active,
  connections_total,
  connections_active,
  weight,
  priority,
  hostname,
  health_flags,
  region,
  zone,
  sub_zone,
};
constexpr std::array<std::string_view, 12> host_keys{
    "rq_total", "rq_error", "rq_active",    "cx_total", "cx_active", "weight",
    "priority", "hostname", "health_flags", "region",   "zone",      "sub_zone"};

std::optional<HostKey> host_key(std::string_view word) {
  const auto found = std::find(host_keys.begin(), host_keys.end(), word);
  if (found == host_keys.end()) return std::nullopt;
  return static_cast<HostKey>(found - host_keys.begin());
}

// "/failed_active_hc/eds_status_draining", or "healthy".
void read_health(std::string_view flags, EnvoyHost& into) {
  while (!flags.empty()) {
    const std::string_view flag = take_piece(flags, '/');
    if (flag == "failed_outlier_check" || flag == "degraded_outlier_detection") {
      into.ejected = true;
    } else if (flag == "failed_active_hc" || flag == "active_hc_timeout" ||
               flag == "pending_active_hc" || flag == "excluded_via_immediate_hc_fail") {
      into.failed_health_check = true;
    } else if (flag == "eds_status_draining" || flag == "pending_dynamic_removal") {
      into.draining = true;
    } else if (flag == "failed_eds_health") {
      into.eds_unhealthy = true;
    }
  }
}

bool set_number(std::string_view text, std::uint64_t& into) {
  const std::optional<std::uint64_t> number = parse_u64(text);
  if (number) into = *number;
  return number.has_value();
}

// False if the value is not of its key's kind.
bool set_field(HostKey key, std::string_view value, EnvoyHost& into) {
  switch (key) {
    case HostKey::requests_total: return set_number(value, into.requests_total);
    case HostKey::requests_failed: return set_number(value, into.requests_failed);
    case HostKey::requests_active: return set_number(value, into.requests_active);
    case HostKey::connections_total: return set_number(value, into.connections_total);
    case HostKey::connections_active: return set_number(value, into.connections_active);
    case HostKey::weight: return set_number(value, into.weight);
    case HostKey::priority: return set_number(value, into.priority);
    case HostKey::hostname: into.hostname = value; break;
    case HostKey::health_flags: read_health(value, into); break;
    case HostKey::region: into.region = value; break;
    case HostKey::zone: into.zone = value; break;
    case HostKey::sub_zone: into.sub_zone = value; break;
  }
  return true;
}

// "default_priority::max_requests::1024". False if it is one that is read and its value is none.
bool read_threshold(std::string_view line, EnvoyCluster& into) {
  EnvoyThresholds* limits = nullptr;
  for (const auto& [opening, of] :
       {std::pair{std::string_view("default_priority::"), &into.default_priority},
        std::pair{std::string_view("high_priority::"), &into.high_priority}}) {
    if (!line.starts_with(opening)) continue;
    limits = of;
    line.remove_prefix(opening.size());
  }
  const std::size_t end = line.find(separator);
  if (!limits || end == std::string_view::npos) return true;
  const std::string_view key = line.substr(0, end);
  std::optional<std::uint64_t>* limit = nullptr;
  if (key == "max_connections") limit = &limits->max_connections;
  if (key == "max_pending_requests") limit = &limits->max_pending_requests;
  if (key == "max_requests") limit = &limits->max_requests;
  if (key == "max_retries") limit = &limits->max_retries;
  if (!limit) return true;
  *limit = parse_u64(line.substr(end + separator.size()));
  return limit->has_value();
}

struct HostLine {
  std::string_view address;
  HostKey key;
  std::string_view value;
};

// `<address>::<key>::<value>` if the key is one that is read. The address ends at its bracket or
// at the first "::", only a path is searched further; the value is all the rest.
std::optional<HostLine> split_host_line(std::string_view text) {
  const std::size_t bracket = text.starts_with('[') ? text.find(']') : 0;
  if (bracket == std::string_view::npos) return std::nullopt;
  const bool path = text.starts_with('/');
  for (std::size_t end = text.find(separator, bracket); end != std::string_view::npos;
       end = text.find(separator, end + 1)) {
    const std::string_view tail = text.substr(end + separator.size());
    const std::size_t key_end = tail.find(separator);
    if (key_end == std::string_view::npos || end == 0) return std::nullopt;
    if (const std::optional<HostKey> key = host_key(tail.substr(0, key_end))) {
      return HostLine{text.substr(0, end), *key, tail.substr(key_end + separator.size())};
    }
    if (!path) return std::nullopt;
  }
  return std::nullopt;
}

class TextReader {
 public:
  void read(std::string_view body);
  Result<EnvoyClusters> finish() &&;

 private:
  // False if the line tells nothing that could be understood.
  bool read_line(std::string_view line);
  bool read_cluster_line(std::string_view line);
  bool read_foreign_line(std::string_view line);
  void open_cluster(std::string_view name, std::string_view observability_name);
  EnvoyHost& host_of(const HostLine& line);

  EnvoyClusters answer_;
  Unreadables unreadables_;
  std::uint64_t readable_ = 0;
  std::string_view cluster_name_;       // of the lines being read; borrows from the body
  std::bitset<host_keys.size()> seen_;  // keys of the last host
};

void TextReader::read(std::string_view body) {
  Lines lines(body);
  while (const std::optional<std::string_view> line = lines.next()) {
    if (line->empty()) continue;
    if (line->size() <= limits::line_bytes && line->find('\0') == std::string_view::npos &&
        read_line(*line)) {
      ++readable_;
    } else {
      unreadables_.add(*line);
    }
  }
}

bool TextReader::read_line(std::string_view line) {
  constexpr std::string_view opening = "::observability_name::";
  const std::size_t opens = line.find(opening);
  if (opens != std::string_view::npos && opens > 0) {
    open_cluster(line.substr(0, opens), line.substr(opens + opening.size()));
    return true;
  }
  if (!cluster_name_.empty() && line.starts_with(cluster_name_) &&
      line.substr(cluster_name_.size()).starts_with(separator)) {
    return read_cluster_line(line.substr(cluster_name_.size() + separator.size()));
  }
  return read_foreign_line(line);
}

// What follows `<cluster>::` of the cluster being read.
bool TextReader::read_cluster_line(std::string_view line) {
  if (line == "added_via_api::true") answer_.clusters.back().added_via_api = true;
  if (line.starts_with("added_via_api::") || line.starts_with("eds_service_name::")) return true;
  if (line.starts_with("default_priority::") || line.starts_with("high_priority::")) {
    return read_threshold(line, answer_.clusters.back());
  }
  if (const std::optional<HostLine> host_line = split_host_line(line)) {
    return set_field(host_line->key, host_line->value, host_of(*host_line));
  }
  return line.find(separator) != std::string_view::npos;
}

// A line of a cluster that was not opened: value, key and host are taken off from the right, and
// what is left must be the cluster.
bool TextReader::read_foreign_line(std::string_view line) {
  const std::size_t value = line.rfind(separator);
  if (value == std::string_view::npos || value == 0) return false;
  const std::size_t key = line.rfind(separator, value - 1);
  const bool of_cluster = line.substr(0, value).ends_with("::added_via_api");
  if (key == std::string_view::npos || key == 0) return false;
  std::size_t name_end = key;
  if (!of_cluster) {
    if (!host_key(line.substr(key + separator.size(), value - key - separator.size()))) return true;
    const std::string_view owner = line.substr(0, key);
    const std::size_t bracket = owner.rfind("::[");
    name_end = bracket != std::string_view::npos ? bracket : owner.rfind(separator);
    if (name_end == std::string_view::npos || name_end == 0) return false;
  }
  open_cluster(line.substr(0, name_end), {});
  return read_cluster_line(line.substr(name_end + separator.size()));
}

void TextReader::open_cluster(std::string_view name, std::string_view observability_name) {
  cluster_name_ = name;
  seen_.reset();
  EnvoyCluster cluster;
  cluster.name = name;
  cluster.stat_name = std::string(observability_name.empty() ? name : observability_name);
  answer_.clusters.push_back(std::move(cluster));
}

// A key that comes again under the same address is another host: one address may stand in several
// priorities of a cluster.
EnvoyHost& TextReader::host_of(const HostLine& line) {
  std::vector<EnvoyHost>& hosts = answer_.clusters.back().hosts;
  const auto key = static_cast<std::size_t>(line.key);
  if (hosts.empty() || hosts.back().address != line.address || seen_.test(key)) {
    hosts.emplace_back().address = line.address;
    seen_.reset();
  }
  seen_.set(key);
  return hosts.back();
}

Result<EnvoyClusters> TextReader::finish() && {
  if (readable_ == 0 && unreadables_.count() > 0) {
    return Error{"no line of clusters, but: " + unreadables_.sample()};
  }
  answer_.unreadable = unreadables_.count();
  answer_.unreadable_sample = unreadables_.sample();
  return std::move(answer_);
}

}  // namespace

Result<EnvoyClusters> parse_envoy_clusters_text(std::string_view body) {
  TextReader reader;
  reader.read(body);
  return std::move(reader).finish();
}

}  // namespace mesh
