// Taking the names apart; see envoy_tls.h.
#include "dialect/envoy_tls.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/limits.h"
#include "base/text.h"
#include "dialect/envoy_names.h"

namespace mesh {
namespace {

constexpr std::string_view expiry_word = ".expiration_unix_time_seconds";
constexpr std::string_view certificate_word = ".ssl.certificate.";

// A handshake that fails is counted under exactly one of these.
bool take_failure(std::string_view& text) {
  constexpr std::array<std::string_view, 5> counts{
      ".ssl.connection_error", ".ssl.fail_verify_error", ".ssl.fail_verify_no_cert",
      ".ssl.fail_verify_san", ".ssl.fail_verify_cert_hash"};
  return std::ranges::any_of(counts, [&](std::string_view one) { return take_back(text, one); });
}

// Order does not matter to a sum, and two contexts that change places do not cancel each other.
std::uint64_t mixed(std::uint64_t value, std::uint32_t position) {
  std::uint64_t mixed = value + 0x9e3779b97f4a7c15u * (position + 1);
  mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9u;
  return mixed ^ (mixed >> 31);
}

// listener.admin and the parts of a listener by worker are not what clients connect to.
bool is_whole_listener(std::string_view source) {
  if (!take_front(source, "listener.") || source.starts_with("admin")) return false;
  return source.find(".worker_") == source.npos && source.find(".main_thread") == source.npos;
}

// Istio's virtualInbound on port 15006, Consul's public_listener, and what people call so.
bool is_named_inbound(std::string_view source) {
  for (const std::string_view word : {"nbound", "_15006", "public_listener"}) {
    if (source.find(word) != source.npos && source.find("outbound") == source.npos) return true;
  }
  return false;
}

std::optional<std::uint64_t> inbound_of(const std::vector<TlsConnections>& scopes) {
  std::optional<std::uint64_t> secured, named, all;
  const auto add = [](std::optional<std::uint64_t>& sum, std::uint64_t count) {
    sum = sum.value_or(0) + count;
  };
  for (const TlsConnections& scope : scopes) {
    if (!is_whole_listener(scope.source)) continue;
    add(all, scope.active);
    if (scope.handshakes > 0) add(secured, scope.active);
    if (is_named_inbound(scope.source)) add(named, scope.active);
  }
  return secured ? secured : named ? named : all;
}

}  // namespace

EnvoyTlsReport EnvoyTls::report(const StatsReader& reader, const StatsAnswer& answer) {
  if (layout_ != answer.layout) learn(reader, answer);
  EnvoyTlsReport report{empty_, 0, 0, {}};
  for (const Line& line : lines_) {
    const std::uint64_t value = answer.values[line.position];
    const auto secret = [&]() -> SecretReading& { return report.reading.secrets[line.index]; };
    const auto scope = [&]() -> TlsConnections& { return report.reading.connections[line.index]; };
    switch (line.fact) {
      case Fact::rotation_failures:
        secret().rotation_failures = value;
        report.failures += value;
        break;
      case Fact::rejections:
        secret().rejections = value;
        report.failures += value;
        break;
      case Fact::expires: {
        // Contexts are updated one after the other: the last of them tells when all are.
        auto& expires = secret().expires;
        expires = std::min(expires.value_or(value), value);
        report.loads += mixed(value, line.position);
        break;
      }
      case Fact::loads: report.loads += mixed(value, line.position); break;
      case Fact::handshakes: scope().handshakes = value; break;
      case Fact::failed_handshakes: scope().failed += value; break;
      case Fact::opened: scope().opened = value; break;
      case Fact::active: scope().active = value; break;
    }
  }
  report.inbound_connections = inbound_of(report.reading.connections);
  std::erase_if(report.reading.connections,
                [](const TlsConnections& scope) { return scope.handshakes == 0; });
  return report;
}

void EnvoyTls::learn(const StatsReader& reader, const StatsAnswer& answer) {
  lines_.clear();
  secrets_.clear();
  scopes_.clear();
  empty_ = {};
  for (std::uint32_t i = 0; i < answer.slots.size(); ++i) {
    learn_line(reader.name(answer.slots[i]), i);
  }
  layout_ = answer.layout;
}

void EnvoyTls::learn_line(std::string_view name, std::uint32_t position) {
  if (take_front(name, "sds.")) {
    if (take_back(name, ".key_rotation_failed")) {
      add_secret(name, Fact::rotation_failures, position);
    } else if (take_back(name, ".update_rejected")) {
      add_secret(name, Fact::rejections, position);
    }
    return;
  }
  const bool cluster = take_front(name, "cluster.");
  if (!cluster && !take_front(name, "listener.")) return;
  const Direction kind = cluster ? Direction::outbound : Direction::inbound;
  const std::string_view opened = cluster ? ".upstream_cx_total" : ".downstream_cx_total";
  const std::string_view active = cluster ? ".upstream_cx_active" : ".downstream_cx_active";
  if (take_back(name, opened)) {
    add_connections(kind, name, Fact::opened, position);
  } else if (take_back(name, active)) {
    add_connections(kind, name, Fact::active, position);
  } else if (take_back(name, ".ssl.handshake")) {
    add_connections(kind, name, Fact::handshakes, position);
  } else if (take_failure(name)) {
    add_connections(kind, name, Fact::failed_handshakes, position);
  } else if (take_back(name, ".ssl_context_update_by_sds")) {
    lines_.push_back({position, Fact::loads, 0});
  } else if (take_back(name, expiry_word)) {
    const std::size_t at = name.find(certificate_word);
    if (at == std::string_view::npos) return;
    add_secret(name.substr(at + certificate_word.size()), Fact::expires, position);
  }
}

void EnvoyTls::add_secret(std::string_view secret, Fact fact, std::uint32_t position) {
  auto it = secrets_.find(secret);
  if (it == secrets_.end()) {
    if (secrets_.size() >= limits::tls_contexts_per_target) return;
    it = secrets_.emplace(secret, empty_.secrets.size()).first;
    empty_.secrets.push_back({it->first, 0, 0, {}});
  }
  lines_.push_back({position, fact, it->second});
}

void EnvoyTls::add_connections(Direction kind, std::string_view name, Fact fact,
                               std::uint32_t position) {
  const bool cluster = kind == Direction::outbound;
  std::string source = (cluster ? "cluster." : "listener.") + std::string(name);
  auto it = scopes_.find(source);
  if (it == scopes_.end()) {
    if (scopes_.size() >= limits::tls_contexts_per_target) return;
    it = scopes_.emplace(source, empty_.connections.size()).first;
    const UpstreamName read = cluster ? read_cluster_name(name) : UpstreamName{kind, "", ""};
    empty_.connections.push_back(
        {std::move(source), read.direction, read.upstream, read.subset, 0, 0, 0});
  }
  lines_.push_back({position, fact, it->second});
}

}  // namespace mesh
