// Reading Envoy's Prometheus form as far as it can be trusted; see envoy_prometheus.h.
#include "dialect/envoy_prometheus.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "base/text.h"
#include "base/url_encoding.h"
#include "dialect/agent_certificates.h"
#include "dialect/agent_scrapes.h"
#include "dialect/check_answer.h"
#include "dialect/envoy_names.h"
#include "dialect/envoy_sample.h"
#include "dialect/istio_sample.h"
#include "dialect/istio_traffic.h"
#include "dialect/page_counters.h"

namespace mesh {
namespace {

std::optional<std::uint64_t> whole_bytes(const std::optional<double>& value) {
  if (!value || !fits_counter(*value)) return std::nullopt;
  return static_cast<std::uint64_t>(*value);
}

// What is asked of Envoy's own page.
std::string question() {
  std::string filter(envoy_stats_filter());
  filter.append("|").append(istio_families_filter());
  return "?usedonly&filter=" + percent_encode(filter);
}

class EnvoyPrometheusConversation final : public Conversation {
 public:
  EnvoyPrometheusConversation(const std::string& path, std::string_view envoys_own) : path_(path) {
    if (path == envoys_own) path_ += question();
  }

  Step begin(Instant) override { return Request{Request::Port::metrics, path_}; }
  Step hear(Answer answer) override;

 private:
  struct Numbers {
    std::optional<double> state, uptime, allocated, reserved;
    std::string istio_release;
    bool has_envoys_part = false;
    std::uint64_t ambiguous = 0;
    Unreadables refused;
  };

  void look(const Response& answer);
  void enter(const Sample& sample, Numbers& numbers);
  std::uint32_t scope_of(const SeriesKey& key);
  void tell_traffic(const Numbers& numbers, Readings& readings);
  void note_process(const Numbers& numbers, Readings& readings);

  std::string path_;
  PageCounters counters_;
  IstioTraffic istio_;
  AgentScrapes scrapes_;
  bool had_envoys_part_ = false;
  std::uint64_t incarnation_ = 0;
  std::optional<double> last_uptime_;
  std::optional<Instant> started_;
};

Step EnvoyPrometheusConversation::hear(Answer answer) {
  const std::string_view page = std::string_view(path_).substr(0, path_.find('?'));
  if (auto failure = check_answer(answer, page)) return *failure;
  Numbers numbers;
  counters_.begin();
  scrapes_.begin();
  look(*answer);
  AgentCertificates agent;
  const ExpositionReport report = read_exposition(answer->body, [&](const Sample& sample) {
    enter(sample, numbers);
    agent.enter(sample);
    scrapes_.enter(sample);
  });
  if (auto failure = check_samples(report, page)) return *failure;
  Readings readings;
  readings.at = answer->sent + (answer->received - answer->sent) / 2;
  readings.unreadable = report.unreadable + numbers.refused.count();
  readings.unreadable_sample =
      report.unreadable > 0 ? report.unreadable_sample : numbers.refused.sample();
  readings.ambiguous = numbers.ambiguous;
  note_process(numbers, readings);
  tell_traffic(numbers, readings);
  agent.tell(*answer, readings);
  return readings;
}

// Who is believed about the calls depends on all that is on the page.
void EnvoyPrometheusConversation::look(const Response& answer) {
  istio_.begin();
  if (!IstioTraffic::is_on(answer.body)) return;
  read_exposition(answer.body, [&](const Sample& sample) {
    istio_.look(sample);
    if (const auto read = read_envoy_sample(sample)) {
      istio_.accounts().note(Account::envoy, read->key);
    }
  });
}

void EnvoyPrometheusConversation::tell_traffic(const Numbers& numbers, Readings& readings) {
  const bool is_lost = !numbers.has_envoys_part && (had_envoys_part_ || scrapes_.failed("envoy"));
  if (is_lost || had_envoys_part_) {
    tell_part("Envoy's part of the page", !is_lost, readings);
  }
  had_envoys_part_ = had_envoys_part_ || numbers.has_envoys_part;
  istio_.tell(readings);
  CounterBlock counters = counters_.end(readings.unreadable == 0 && !is_lost);
  if (!is_lost) readings.traffic = std::move(counters);
}

void EnvoyPrometheusConversation::enter(const Sample& sample, Numbers& numbers) {
  if (sample.name == "envoy_server_state") numbers.state = sample.value;
  if (sample.name == "envoy_server_uptime") numbers.uptime = sample.value;
  if (sample.name == "envoy_server_memory_allocated") numbers.allocated = sample.value;
  if (sample.name == "envoy_server_memory_heap_size") numbers.reserved = sample.value;
  const bool is_istios = is_of_istios_filter(sample.name);
  numbers.has_envoys_part |= is_istios || sample.name.starts_with("envoy_");
  if (is_istios) {
    if (numbers.istio_release.empty()) numbers.istio_release = istio_release(sample, "proxy");
    istio_.enter(sample, counters_);
    return;
  }
  auto read = read_envoy_sample(sample);
  if (!read) return;
  double value = sample.value;
  if (read->key.counted == Counted::duration_sum_us) value = std::round(value * 1000);
  const std::uint32_t scope = scope_of(read->key);
  SeriesKey key = istio_.accounts().judged(Account::envoy, std::move(read->key));
  const bool is_counted = key.counted != Counted::followed;
  if (!counters_.add(sample, std::move(key), value, scope)) {
    numbers.refused.add(words_of(sample));
  } else if (!read->exact && is_counted) {
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
  if (!numbers.state && !numbers.uptime && numbers.istio_release.empty()) return;
  Proxy proxy;
  proxy.version = proxy.mesh_version = numbers.istio_release;
  proxy.started = started_;
  const double state = numbers.state.value_or(0);
  if (state >= 0 && state <= 3) proxy.state = static_cast<ProxyState>(static_cast<int>(state));
  readings.proxy = std::move(proxy);
}

}  // namespace

std::unique_ptr<Conversation> open_envoy_prometheus(const std::string& path,
                                                    std::string_view envoys_own) {
  return std::make_unique<EnvoyPrometheusConversation>(path, envoys_own);
}

}  // namespace mesh
