// Reading Envoy's Prometheus form as far as it can be trusted; see envoy_prometheus.h.
#include "dialect/envoy_prometheus.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>
#include <vector>

#include "base/text.h"
#include "base/url_encoding.h"
#include "dialect/agent_certificates.h"
#include "dialect/bound.h"
#include "dialect/check_answer.h"
#include "dialect/envoy_counters.h"
#include "dialect/envoy_names.h"
#include "dialect/page_counters.h"
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

std::optional<std::uint64_t> whole_bytes(const std::optional<double>& value) {
  if (!value || !fits_counter(*value)) return std::nullopt;
  return static_cast<std::uint64_t>(*value);
}

class EnvoyPrometheusConversation final : public Conversation {
 public:
  EnvoyPrometheusConversation(const std::string& path, std::string_view envoys_own) : path_(path) {
    if (path == envoys_own) path_ += "?usedonly&filter=" + percent_encode(envoy_stats_filter());
  }

  Step begin(Instant) override { return Request{Request::Port::metrics, path_}; }
  Step hear(Answer answer) override;

 private:
  struct Numbers {
    std::optional<double> state, uptime, allocated, reserved;
    std::uint64_t ambiguous = 0;
    Unreadables refused;
  };

  void enter(const Sample& sample, Numbers& numbers);
  std::uint32_t scope_of(const SeriesKey& key);
  void note_process(const Numbers& numbers, Readings& readings);

  std::string path_;
  PageCounters counters_;
  std::uint64_t incarnation_ = 0;
  std::optional<double> last_uptime_;
  std::optional<Instant> started_;
};

Step EnvoyPrometheusConversation::hear(Answer answer) {
  const std::string_view page = std::string_view(path_).substr(0, path_.find('?'));
  if (auto failure = check_answer(answer, page)) return *failure;
  Numbers numbers;
  counters_.begin();
  AgentCertificates agent;
  const ExpositionReport report = read_exposition(answer->body, [&](const Sample& sample) {
    enter(sample, numbers);
    agent.enter(sample);
  });
  if (auto failure = check_samples(report, page)) return *failure;
  Readings readings;
  readings.at = answer->sent + (answer->received - answer->sent) / 2;
  readings.unreadable = report.unreadable + numbers.refused.count();
  readings.unreadable_sample =
      report.unreadable > 0 ? report.unreadable_sample : numbers.refused.sample();
  readings.ambiguous = numbers.ambiguous;
  note_process(numbers, readings);
  readings.traffic = counters_.end(readings.unreadable == 0);
  agent.tell(*answer, readings);
  return readings;
}

void EnvoyPrometheusConversation::enter(const Sample& sample, Numbers& numbers) {
  if (sample.name == "envoy_server_state") numbers.state = sample.value;
  if (sample.name == "envoy_server_uptime") numbers.uptime = sample.value;
  if (sample.name == "envoy_server_memory_allocated") numbers.allocated = sample.value;
  if (sample.name == "envoy_server_memory_heap_size") numbers.reserved = sample.value;
  auto read = read_envoy_sample(sample);
  if (!read) return;
  double value = sample.value;
  if (read->key.counted == Counted::duration_sum_us) value = std::round(value * 1000);
  const std::uint32_t scope = scope_of(read->key);
  if (!counters_.add(sample, std::move(read->key), value, scope)) {
    numbers.refused.add(words_of(sample));
  } else if (!read->exact) {
    ++numbers.ambiguous;
  }
}

// The buckets and the sum of one method's histogram are one scope.
std::uint32_t EnvoyPrometheusConversation::scope_of(const SeriesKey& key) {
  if (key.counted != Counted::duration_bucket && key.counted != Counted::duration_sum_us) return 0;
  const std::string name = key.upstream + " " + key.subset + " " + key.service + "/" + key.method;
  return counters_.scope_of(name);
}

void EnvoyPrometheusConversation::note_process(const Numbers& numbers, Readings& readings) {
  if (numbers.uptime) {
    const auto uptime = std::chrono::duration_cast<Duration>(
        std::chrono::duration<double>(std::clamp(*numbers.uptime, 0.0, 1e9)));
    if (last_uptime_ && *numbers.uptime < *last_uptime_) {
      ++incarnation_;
      started_.reset();
    }
    last_uptime_ = numbers.uptime;
    // The gauge lags by up to a flush (5 s): the earliest start it ever gave is the best.
    const Instant started = readings.at - uptime;
    started_ = started_ ? std::min(*started_, started) : started;
  }
  readings.incarnation = incarnation_;
  const auto allocated = whole_bytes(numbers.allocated), reserved = whole_bytes(numbers.reserved);
  if (allocated && reserved) readings.heap = Heap{*allocated, *reserved};
  if (!numbers.state && !numbers.uptime) return;
  Proxy proxy;
  proxy.started = started_;
  const double state = numbers.state.value_or(0);
  if (state >= 0 && state <= 3) proxy.state = static_cast<ProxyState>(static_cast<int>(state));
  readings.proxy = std::move(proxy);
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

std::unique_ptr<Conversation> open_envoy_prometheus(const std::string& path,
                                                    std::string_view envoys_own) {
  return std::make_unique<EnvoyPrometheusConversation>(path, envoys_own);
}

}  // namespace mesh
