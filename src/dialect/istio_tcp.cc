// One table of families, one of endings; see istio_tcp.h.
#include "dialect/istio_tcp.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace mesh {
namespace {

struct Family {
  std::string_view name;
  Counted counted;
  std::string_view detail = "";  // "": a label tells
};

constexpr std::array<Family, 4> families{{
    {"istio_tcp_connections_opened_total", Counted::tcp_opened},
    {"istio_tcp_connections_closed_total", Counted::tcp_closed},
    {"istio_tcp_received_bytes_total", Counted::tcp_bytes, "received"},
    {"istio_tcp_sent_bytes_total", Counted::tcp_bytes, "sent"},
}};

struct Ending {
  std::string_view flag, result;
};

// ztunnel: src/proxy/metrics.rs. A sidecar has Envoy's flags, of which the last two say why there
// was no connection.
constexpr std::array<Ending, 10> endings{{
    {"-", "completed"},
    {"DENY", "denied"},
    {"CONNECT", "connect_failed"},
    {"TLS_FAILURE", "tls_failed"},
    {"H2_HANDSHAKE_FAILURE", "tunnel_failed"},
    {"NETWORK_POLICY", "network_policy"},
    {"IDENTITY_ERROR", "no_certificate"},
    {"CERT_REVOKED", "certificate_revoked"},
    {"UF", "connect_failed"},
    {"UH", "connect_failed"},  // no endpoint to connect to
}};

// "" where it is not told.
std::string_view told(std::string_view value) { return value == "unknown" ? "" : value; }

std::string_view ending_of(std::string_view flags) {
  const auto* found = std::ranges::find(endings, flags, &Ending::flag);
  return found == endings.end() ? "other" : found->result;
}

std::string_view security_of(const Sample& sample) {
  const std::string_view policy = sample.label("connection_security_policy");
  return policy == "mutual_tls" || policy == "none" ? policy : "unknown";
}

std::string upstream_of(const Sample& sample) {
  const std::string_view service = told(sample.label("destination_service"));
  const std::string_view workload = told(sample.label("destination_workload"));
  if (!service.empty() || workload.empty()) return std::string(service);
  const std::string_view ns = told(sample.label("destination_workload_namespace"));
  std::string name(workload);
  return ns.empty() ? name : name.append(".").append(ns);
}

bool counted_by_caller(const Sample& sample) { return sample.label("reporter") == "source"; }

}  // namespace

std::optional<SeriesKey> istio_tcp_key(const Sample& sample) {
  const auto* family = std::ranges::find(families, sample.name, &Family::name);
  if (family == families.end()) return std::nullopt;
  const bool outbound = counted_by_caller(sample);
  if (!outbound && sample.label("reporter") != "destination") return std::nullopt;
  SeriesKey key;
  key.counted = family->counted;
  key.direction = outbound ? Direction::outbound : Direction::inbound;
  if (outbound) key.upstream = upstream_of(sample);
  key.detail = family->counted == Counted::tcp_opened   ? security_of(sample)
               : family->counted == Counted::tcp_closed ? ending_of(sample.label("response_flags"))
                                                        : family->detail;
  return key;
}

std::string istio_tcp_owner(const Sample& sample) {
  const bool outbound = counted_by_caller(sample);
  const std::string_view ns =
      told(sample.label(outbound ? "source_workload_namespace" : "destination_workload_namespace"));
  const std::string_view workload =
      told(sample.label(outbound ? "source_workload" : "destination_workload"));
  if (ns.empty() && workload.empty()) return {};
  return std::string(ns).append("/").append(workload);
}

}  // namespace mesh
