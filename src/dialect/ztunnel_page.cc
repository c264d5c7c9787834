// One pass over the samples; see ztunnel_page.h.
#include "dialect/ztunnel_page.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <tuple>
#include <utility>
#include <vector>

#include "base/text.h"
#include "dialect/agent_certificates.h"
#include "dialect/check_answer.h"
#include "dialect/istio_tcp.h"
#include "dialect/istio_traffic.h"
#include "wire/exposition.h"

namespace mesh {
namespace {

// What is open: a page has both counts of one process, from its start. It is not made in one
// instant: never less than none.
std::vector<TcpOpen> open_connections(const CounterBlock& block) {
  struct Counts {
    std::uint64_t opened = 0, closed = 0;
  };
  std::map<std::tuple<Name, Direction, Name>, Counts> places;
  for (std::size_t i = 0; i < block.values.size(); ++i) {
    const SeriesKey& key = (*block.series)[i].key;
    if (key.counted == Counted::tcp_bytes) continue;
    Counts& counts = places[{key.owner, key.direction, key.upstream}];
    (key.counted == Counted::tcp_opened ? counts.opened : counts.closed) += block.values[i];
  }
  std::vector<TcpOpen> all;
  for (const auto& [place, counts] : places) {
    const auto& [owner, direction, upstream] = place;
    const std::uint64_t closed = std::min(counts.closed, counts.opened);
    all.push_back({owner, direction, upstream, counts.opened - closed});
  }
  return all;
}

// The gauges of the proxies that it keeps, by both names that they have had.
struct ProxyCount {
  std::string_view name, former_name;
  std::uint64_t AmbientProxies::*count;
};
constexpr std::array proxy_counts{
    ProxyCount{"workload_manager_active_proxy_count", "istio_active_proxy_count",
               &AmbientProxies::active},
    ProxyCount{"workload_manager_pending_proxy_count", "istio_pending_proxy_count",
               &AmbientProxies::pending},
};

class OnePage {
 public:
  OnePage(PageCounters& counters, Readings& readings)
      : counters_(counters), readings_(readings), scope_(counters.scope_of("ztunnel")) {}

  void enter(const Sample& sample) {
    agent_.enter(sample);
    if (auto key = istio_tcp_key(sample)) {
      count(sample, std::move(*key));
    } else if (sample.name == "istio_build" && sample.label("component") == "ztunnel") {
      Proxy& proxy = readings_.proxy.emplace();
      proxy.version = proxy.mesh_version = istio_release(sample, "ztunnel");
    } else {
      count_proxies(sample);
    }
  }

  void tell(const Response& answer) {
    agent_.tell(answer, readings_);
    note_unreadable(unreadables_.count(), unreadables_.sample(), readings_);
    const bool complete = readings_.unreadable == 0;
    readings_.traffic = counters_.end(complete);
    if (complete) readings_.tcp_open = open_connections(*readings_.traffic);
  }

 private:
  void count(const Sample& sample, SeriesKey key) {
    key.owner = istio_tcp_owner(sample);
    if (key.direction == Direction::outbound && key.upstream.empty()) ++readings_.ambiguous;
    if (!counters_.add(sample, std::move(key), sample.value, scope_)) {
      unreadables_.add(words_of(sample));
    }
  }

  void count_proxies(const Sample& sample) {
    for (const auto& [name, former_name, count] : proxy_counts) {
      if (sample.name != name && sample.name != former_name) continue;
      if (!fits_counter(sample.value)) return unreadables_.add(words_of(sample));
      if (!readings_.ambient) readings_.ambient.emplace();
      (*readings_.ambient).*count = static_cast<std::uint64_t>(sample.value);
    }
  }

  PageCounters& counters_;
  Readings& readings_;
  std::uint32_t scope_;
  AgentCertificates agent_;
  Unreadables unreadables_;
};

}  // namespace

Result<Readings, Failure> ZtunnelPage::read(const Response& answer, std::string_view page) {
  Readings readings;
  readings.at = answer.sent + (answer.received - answer.sent) / 2;
  counters_.begin();
  OnePage one(counters_, readings);
  const ExpositionReport report =
      read_exposition(answer.body, [&](const Sample& sample) { one.enter(sample); });
  if (auto failure = check_samples(report, page)) return *failure;
  readings.unreadable = report.unreadable;
  readings.unreadable_sample = report.unreadable_sample;
  one.tell(answer);
  return readings;
}

}  // namespace mesh
