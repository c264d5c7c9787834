// The labels and what they mean; see istio_sample.h.
#include "dialect/istio_sample.h"

#include <algorithm>
#include <array>
#include <string>

#include "dialect/grpc_path.h"
#include "wire/grpc_code.h"

namespace mesh {
namespace {

enum class Means { requests, times, request_messages, response_messages };

struct Family {
  std::string_view name;
  Means means;
};
constexpr std::array<Family, 5> families{{
    {"istio_requests_total", Means::requests},
    {"istio_request_duration_milliseconds_bucket", Means::times},
    {"istio_request_duration_milliseconds_sum", Means::times},
    {"istio_request_messages_total", Means::request_messages},
    {"istio_response_messages_total", Means::response_messages},
}};

struct Cut {
  std::string_view flag, kind;
};
// Who cut a stream short, by Envoy's flags: a kind of mesh_upstream_resets_total. Of several the
// first in this list says it best.
constexpr std::array<Cut, 12> cuts{{
    {"UR", "remote"},    // reset by the upstream
    {"UC", "lost"},      // its connection ended
    {"UF", "lost"},      // no connection could be made
    {"UT", "local"},     // the route's timeout
    {"UMSDR", "local"},  // the stream was open for longer than it may
    {"SI", "local"},     // or idle
    {"DT", "local"},     // the request, or the connection, lasted too long
    {"LR", "local"},     // reset here
    {"UPE", "local"},    // for a mistake of the upstream in the protocol
    {"DPE", "local"},    // of the caller
    {"DR", "local"},     // the caller reset it
    {"DC", "local"},     // or went away
}};

bool has_flag(std::string_view flags, std::string_view wanted) {
  while (!flags.empty()) {
    const std::size_t comma = flags.find(',');
    if (flags.substr(0, comma) == wanted) return true;
    if (comma == std::string_view::npos) break;
    flags.remove_prefix(comma + 1);
  }
  return false;
}

// "" if none of the flags says that it was cut short.
std::string_view cut_by(const Sample& sample) {
  const std::string_view flags = sample.label("response_flags");
  const auto* found =
      std::ranges::find_if(cuts, [&](const Cut& cut) { return has_flag(flags, cut.flag); });
  return found == cuts.end() ? "" : found->kind;
}

bool is_grpc(const Sample& sample) {
  return sample.label("request_protocol") == "grpc" ||
         !sample.label("grpc_response_status").empty();
}

void tell_end(const Sample& sample, SeriesKey& key) {
  const std::string_view status = sample.label("grpc_response_status");
  const std::string_view code = grpc_code_spelled(status).value_or(other_grpc_code);
  const std::string_view cut = cut_by(sample);
  if (status.empty() || (code == "UNKNOWN" && !cut.empty())) {
    key.counted = Counted::resets;
    key.detail = cut.empty() ? "unknown" : cut;
  } else {
    key.counted = Counted::calls;
    key.detail = code;
  }
}

std::string_view upstream_of(const Sample& sample) {
  const std::string_view name = sample.label("destination_service_name");
  if (name == "PassthroughCluster" || name == "BlackHoleCluster") return name;
  const std::string_view host = sample.label("destination_service");
  return host == "unknown" ? "" : host;
}

// Who and whom; nothing where that is not told.
std::optional<SeriesKey> key_of(const Sample& sample) {
  const std::string_view reporter = sample.label("reporter");
  SeriesKey key;
  if (reporter == "destination") {
    key.direction = Direction::inbound;
  } else if (reporter == "source" || reporter == "waypoint") {
    key.upstream = upstream_of(sample);
  } else {
    return std::nullopt;
  }
  return key;
}

void tell_method(const Sample& sample, SeriesKey& key) {
  for (const Label& label : sample.labels) {
    if (!label.value.starts_with('/')) continue;
    const auto path = read_grpc_path(label.value);
    if (!path) continue;
    key.service = path->service;
    key.method = path->method;
    return;
  }
}

std::optional<SeriesKey> security_of(const Sample& sample) {
  if (sample.label("reporter") == "source") return std::nullopt;
  const std::string_view policy = sample.label("connection_security_policy");
  if (policy.empty()) return std::nullopt;
  SeriesKey key;
  key.counted = Counted::by_security;
  key.direction = Direction::inbound;
  const bool known = policy == "mutual_tls" || policy == "none";
  key.detail = known ? policy : "unknown";
  return key;
}

const Family* find_family(std::string_view name) {
  if (!name.starts_with("istio_re")) return nullptr;
  const auto* found = std::ranges::find(families, name, &Family::name);
  return found == families.end() ? nullptr : found;
}

}  // namespace

bool is_of_istios_filter(std::string_view name) {
  return name == "istio_build" || name.starts_with("istio_tcp_") || find_family(name) != nullptr;
}

IstioSample read_istio_sample(const Sample& sample) {
  const Family* family = find_family(sample.name);
  if (!family) return {};
  IstioSample read;
  read.key = key_of(sample);
  if (!read.key) return {};
  SeriesKey& key = *read.key;
  const bool is_request = family->means == Means::requests;
  if (is_request) read.security = security_of(sample);
  if (is_request || family->means == Means::times) {
    if (is_grpc(sample)) tell_end(sample, key);
    const bool is_cut = key.counted == Counted::resets;
    if (!is_grpc(sample) || (is_cut && !is_request)) {
      read.key.reset();
      return read;
    }
    if (is_cut) return read;  // of the upstream as a whole
    if (!is_request) {
      key.counted = Counted::duration_bucket;
      key.detail.clear();
    }
  } else {
    key.counted = Counted::messages;
    key.detail = family->means == Means::request_messages ? "request" : "response";
  }
  tell_method(sample, key);
  return read;
}

std::string_view istio_families_filter() {
  return "istio_(build|requests_total|request_duration_milliseconds|(request|response)_messages_"
         "total|tcp_(connections_(opened|closed)|(sent|received)_bytes)_total)";
}

}  // namespace mesh
