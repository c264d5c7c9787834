// What is left of the names; see envoy_sample.h.
#include "dialect/envoy_sample.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>
#include <vector>

#include "base/text.h"
#include "dialect/bound.h"
#include "dialect/envoy_counters.h"
#include "dialect/envoy_names.h"
#include "wire/grpc_code.h"

namespace mesh {
namespace {

constexpr std::string_view cluster_prefix = "envoy_cluster_";

struct Suffix {
  std::string_view text;  // with the underscore before it
  Counted counted;
  std::string_view detail;
};
// What a gRPC statistic may end in, beside a status.
constexpr std::array<Suffix, 4> suffixes{{
    {"_request_message_count", Counted::messages, "request"},
    {"_response_message_count", Counted::messages, "response"},
    {"_upstream_rq_time_bucket", Counted::duration_bucket, ""},
    {"_upstream_rq_time_sum", Counted::duration_sum_us, ""},
}};

// What is counted of a cluster as a whole may end in: the list of the text form, its dots lost.
const std::vector<std::string>& counter_suffixes() {
  static const std::vector<std::string> made = [] {
    std::vector<std::string> all;
    for (const EnvoyCounter& counter : envoy_cluster_counters()) {
      std::string& suffix = all.emplace_back("_" + std::string(counter.stat));
      std::ranges::replace(suffix, '.', '_');
    }
    return all;
  }();
  return made;
}

bool is_grpc(Counted counted) {
  return counted == Counted::calls || counted == Counted::messages ||
         counted == Counted::duration_bucket || counted == Counted::duration_sum_us;
}

// Takes what is counted off the end of `name`; what is left is the path before it.
bool take_counted(std::string_view& name, SeriesKey& key) {
  for (const Suffix& suffix : suffixes) {
    if (!name.ends_with(suffix.text)) continue;
    name.remove_suffix(suffix.text.size());
    key.counted = suffix.counted;
    key.detail = suffix.detail;
    return true;
  }
  for (std::size_t i = 0; i < counter_suffixes().size(); ++i) {
    if (!name.ends_with(counter_suffixes()[i])) continue;
    name.remove_suffix(counter_suffixes()[i].size());
    key.counted = envoy_cluster_counters()[i].counted;
    key.detail = envoy_cluster_counters()[i].detail;
    return true;
  }
  const std::size_t underscore = name.rfind('_');
  if (underscore == std::string_view::npos) return false;
  const auto code = grpc_code_name(name.substr(underscore + 1));
  // A number above 16 may as well be an HTTP status of another statistic.
  if (!code || (*code == other_grpc_code && name.substr(underscore + 1) != "other")) return false;
  name = name.substr(0, underscore);
  key.counted = Counted::calls;
  key.detail = *code;
  return true;
}

// The method of "grpc_…" with the bridge labels, as far as it is certain.
bool read_method(std::string_view path, const Sample& sample, SeriesKey& key) {
  const std::string_view service = sample.label("envoy_grpc_bridge_service");
  const std::string_view method = sample.label("envoy_grpc_bridge_method");
  path.remove_prefix(std::string_view("grpc").size());
  if (service.empty() != method.empty()) return false;
  if (path.empty()) {
    key.service = service;
    key.method = method;
    return true;
  }
  path.remove_prefix(1);  // the underscore
  if (service.empty() || path.empty() || path.find('_') != std::string_view::npos) return false;
  key.service = std::string(service) + "." + std::string(method);
  key.method = path;
  return true;
}

}  // namespace

std::optional<EnvoySample> read_envoy_sample(const Sample& sample) {
  if (!sample.name.starts_with(cluster_prefix)) return std::nullopt;
  // The underscore stays: it separates what is counted where nothing else is left.
  std::string_view name = sample.name.substr(cluster_prefix.size() - 1);
  EnvoySample read;
  if (!take_counted(name, read.key)) return std::nullopt;
  // Possibly cut at its first dot. Istio's own tags are whole and have no prefix.
  std::string_view cluster = sample.label("envoy_cluster_name");
  if (cluster.empty()) cluster = sample.label("cluster_name");
  const UpstreamName upstream = read_cluster_name(cluster);
  read.key.direction = upstream.direction;
  const bool of_method = is_grpc(read.key.counted);
  const bool whole_cluster =
      of_method ? name == "_grpc" || name.starts_with("_grpc_") : name.empty();
  if (whole_cluster) {
    read.key.upstream = upstream.upstream;
    read.key.subset = upstream.subset;
    if (of_method) read.exact = read_method(name.substr(1), sample, read.key);
  } else {
    // The rest of the cluster's name stands in the sample's name, its dots lost. Calls and resets
    // are worth counting all the same; what a pool of nobody in particular did says nothing.
    const bool is_reset = read.key.counted == Counted::resets;
    if (of_method ? name.find("_grpc_") == std::string_view::npos : !is_reset) return std::nullopt;
    read.exact = false;
  }
  const bool is_time =
      read.key.counted == Counted::duration_bucket || read.key.counted == Counted::duration_sum_us;
  if (is_time && !read.exact) return std::nullopt;  // times of nobody in particular say nothing
  if (read.key.counted == Counted::duration_bucket) {
    const auto bound = parse_double(sample.label("le"));
    if (!bound || std::isnan(*bound)) return std::nullopt;
    read.key.detail = bound_in_seconds(*bound);
  }
  return read;
}

}  // namespace mesh
