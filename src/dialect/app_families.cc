// The list, and what its names and labels mean; see app_families.h.
#include "dialect/app_families.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <unordered_map>

#include "base/text.h"
#include "dialect/bound.h"
#include "wire/grpc_code.h"

namespace mesh {
namespace {

constexpr AppLabels of_prometheus{
    "grpc_service", "grpc_method", {"grpc_code", "code"}, "", "", "", {}};
constexpr AppLabels of_grpc{"", "grpc_method", {"grpc_status"}, "grpc_target", "", "", {}};
constexpr AppLabels of_conventions{"rpc_service",
                                   "rpc_method",
                                   {"rpc_response_status_code", "rpc_grpc_status_code"},
                                   "",
                                   "server_address",
                                   "server_port",
                                   {"rpc_system_name", "rpc_system"}};
constexpr AppLabels of_micrometer{"service", "method", {"statusCode"}, "", "", "", {}};

// Which libraries these are is told in docs/applications.md. grpc-prometheus first: where it stands
// beside another it is there from the first call on, and often before. Attempts last: a call that
// is retried is several of them.
constexpr std::array<AppAccount, 6> accounts{{
    {"grpc-prometheus",
     {"grpc_*_handled_total", "grpc_*_completed_total"},
     {"grpc_*_handling", "grpc_*_handled_latency", "grpc_*_completed_latency"},
     1,
     "grpc_*_msg_received_total",
     "grpc_*_msg_sent_total",
     of_prometheus},
    {"gRPC's OpenTelemetry", {}, {"grpc_*_call_duration"}, 1, "", "", of_grpc},
    {"OpenTelemetry", {}, {"rpc_*_call_duration"}, 1, "", "", of_conventions},
    {"OpenTelemetry, former conventions",
     {},
     {"rpc_*_duration"},
     1000,
     "rpc_*_+_per_rpc_sum",
     "rpc_*_+_per_rpc_sum",
     of_conventions},
    {"micrometer",
     {},
     {"grpc_*_processing_duration"},
     1,
     "grpc_*_+_received_messages_total",
     "grpc_*_+_sent_messages_total",
     of_micrometer},
    {"gRPC's OpenTelemetry, attempts", {}, {"grpc_*_attempt_duration"}, 1, "", "", of_grpc},
}};

struct Unit {
  std::string_view ending;
  double per_second;  // 0: as the account says
};
constexpr std::array<Unit, 3> units{{{"_seconds", 1}, {"_milliseconds", 1000}, {"", 0}}};

std::string underscored(std::string_view name) {
  std::string text(name);
  std::ranges::replace(text, '.', '_');
  return text;
}

bool is_named(std::string_view label, std::string_view name) {
  return std::ranges::equal(label, name, [](char a, char b) { return (a == '.' ? '_' : a) == b; });
}

std::string_view label_of(const Sample& sample, std::string_view name) {
  if (name.empty()) return {};
  for (const Label& label : sample.labels) {
    if (is_named(label.name, name)) return label.value;
  }
  return {};
}

std::string_view first_of(const Sample& sample, std::span<const std::string_view> names) {
  for (const std::string_view name : names) {
    if (const std::string_view value = label_of(sample, name); !value.empty()) return value;
  }
  return {};
}

using Families = std::unordered_map<std::string, AppFamily>;

std::string filled(std::string_view pattern, Direction direction, std::string_view message) {
  std::string name;
  for (const char c : pattern) {
    if (c == '*') {
      name += direction == Direction::inbound ? "server" : "client";
    } else if (c == '+') {
      name.append(message).append("s");
    } else {
      name += c;
    }
  }
  return name;
}

void add_families(std::size_t index, Direction direction, Families& families) {
  const AppAccount& account = accounts[index];
  const bool inbound = direction == Direction::inbound;
  const auto add = [&](const std::string& name, Counted counted, std::string_view detail,
                       double per_second) {
    families.emplace(name, AppFamily{index, direction, counted, detail, per_second});
  };
  for (const std::string_view calls : account.calls) {
    if (!calls.empty()) add(filled(calls, direction, ""), Counted::calls, "", 1);
  }
  const std::string_view received = inbound ? "request" : "response";
  const std::string_view sent = inbound ? "response" : "request";
  if (!account.received.empty()) {
    add(filled(account.received, direction, received), Counted::messages, received, 1);
    add(filled(account.sent, direction, sent), Counted::messages, sent, 1);
  }
  for (const std::string_view durations : account.durations) {
    if (durations.empty()) continue;
    for (const Unit& unit : units) {
      const std::string name = filled(durations, direction, "").append(unit.ending);
      const double per_second = unit.per_second > 0 ? unit.per_second : account.per_second;
      add(name + "_bucket", Counted::duration_bucket, "", per_second);
      add(name + "_sum", Counted::duration_sum_us, "", per_second);
      if (account.calls[0].empty()) add(name + "_count", Counted::calls, "", 1);
    }
  }
}

Families all_families() {
  Families all;
  for (std::size_t index = 0; index < accounts.size(); ++index) {
    for (const Direction direction : {Direction::inbound, Direction::outbound}) {
      add_families(index, direction, all);
    }
  }
  return all;
}

// False if neither service nor method is told.
bool read_method(const Sample& sample, const AppLabels& labels, SeriesKey& key) {
  std::string_view service = label_of(sample, labels.service);
  std::string_view method = label_of(sample, labels.method);
  take_front(method, "/");
  if (const std::size_t slash = method.rfind('/'); slash != std::string_view::npos) {
    service = method.substr(0, slash);
    method.remove_prefix(slash + 1);
  }
  if (service.empty() && (method == "other" || method == "_OTHER")) service = method = "other";
  key.service = service;
  key.method = method;
  return !service.empty() && !method.empty();
}

// What a client dialled, without the scheme and the server that is to resolve it:
// "dns://8.8.8.8/users:50051" → "users:50051".
std::string_view without_scheme(std::string_view dialled) {
  static constexpr std::array<std::string_view, 5> schemes{
      "dns:", "xds:", "passthrough:", "ipv4:", "ipv6:"};
  if (const std::size_t at = dialled.find("://"); at != std::string_view::npos) {
    const std::size_t path = dialled.find('/', at + 3);
    if (path != std::string_view::npos && path + 1 < dialled.size()) {
      return dialled.substr(path + 1);
    }
    return dialled;
  }
  for (const std::string_view scheme : schemes) {
    if (take_front(dialled, scheme)) break;
  }
  return dialled;
}

bool is_address(std::string_view host) {
  return host.find(':') != std::string_view::npos ||
         host.find_first_not_of("0123456789.") == std::string_view::npos;
}

// An address that calls went to is one endpoint and no service: which one it belongs to nobody
// told.
std::string upstream_of(const Sample& sample, const AppLabels& labels) {
  const std::string_view dialled = label_of(sample, labels.dialled);
  if (!dialled.empty()) return std::string(without_scheme(dialled));
  const std::string_view host = label_of(sample, labels.host);
  if (is_address(host)) return "";
  const std::string_view port = label_of(sample, labels.port);
  return std::string(host).append(port.empty() ? "" : ":").append(port);
}

}  // namespace

std::span<const AppAccount> app_accounts() { return accounts; }

const AppFamily* find_app_family(std::string_view sample_name) {
  static const Families families = all_families();
  if (!sample_name.starts_with("grpc") && !sample_name.starts_with("rpc")) return nullptr;
  const auto found = families.find(underscored(sample_name));
  return found == families.end() ? nullptr : &found->second;
}

bool is_of_grpc(const Sample& sample, const AppFamily& family) {
  const std::string_view system = first_of(sample, accounts[family.account].labels.system);
  return system.empty() || system == "grpc";
}

std::optional<AppSample> read_app_sample(const Sample& sample, const AppFamily& family) {
  if (!is_of_grpc(sample, family)) return std::nullopt;
  const AppLabels& labels = accounts[family.account].labels;
  AppSample read;
  read.value = sample.value;
  read.key.counted = family.counted;
  read.key.direction = family.direction;
  read.exact = read_method(sample, labels, read.key);
  if (family.direction == Direction::outbound) read.key.upstream = upstream_of(sample, labels);
  if (family.counted == Counted::calls) {
    const std::string_view status = first_of(sample, labels.status);
    read.exact = read.exact && !status.empty();
    read.key.detail = grpc_code_spelled(status).value_or(other_grpc_code);
  } else if (family.counted == Counted::messages) {
    read.key.detail = family.detail;
  } else if (family.counted == Counted::duration_sum_us) {
    read.value = std::round(sample.value / family.per_second * 1e6);
  } else {
    const auto bound = parse_double(sample.label("le"));
    if (!bound || std::isnan(*bound)) return std::nullopt;
    read.key.detail = bound_in_seconds(*bound, family.per_second);
  }
  return read;
}

}  // namespace mesh
