// When to ask /clusters for what, and what is known of endpoints; see envoy_endpoints.h.
#include "dialect/envoy_endpoints.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <utility>

#include "base/limits.h"
#include "base/url_encoding.h"

namespace mesh {
namespace {

// The whole list: at 15 s a poll every ten minutes when all is quiet, at most once a minute when
// clusters come and go, some are silent or the filter is missing.
constexpr std::uint32_t polls_between_wholes = 40;
constexpr std::uint32_t polls_between_forced_wholes = 4;

// So many clusters are some 400 kB of answer. Where there are more, as in a mesh that is not told
// whom a workload calls, silence is no reason to ask for all of them more often.
constexpr std::size_t silent_clusters_asked = 200;

EndpointState state_of(const EnvoyHost& host) {
  if (host.draining) return EndpointState::draining;
  if (host.ejected) return EndpointState::ejected;
  if (host.failed_health_check || host.eds_unhealthy) return EndpointState::unhealthy;
  return EndpointState::ready;
}

// What is counted of each, in the order in which it is entered.
struct HostCounter {
  const char* word;
  Counted counted;
};
constexpr std::array host_counters{HostCounter{"", Counted::endpoint_requests},
                                   HostCounter{" failed", Counted::endpoint_failures},
                                   HostCounter{" connections", Counted::endpoint_connections}};

std::string locality_of(const EnvoyHost& host) {
  if (host.region.empty() && host.zone.empty() && host.sub_zone.empty()) return "";
  return host.region + "/" + host.zone + "/" + host.sub_zone;
}

bool was_called(const EnvoyCluster& cluster) {
  return std::ranges::any_of(cluster.hosts,
                             [](const auto& host) { return host.requests_total > 0; });
}

ClustersQuestion whole_list(bool can_filter) {
  // The text form costs a third of the JSON form; it is enough for proxies that cannot filter.
  if (can_filter) return {"/clusters?format=json", true, true, {}};
  return {"/clusters", false, true, {}};
}

}  // namespace

std::optional<ClustersQuestion> EnvoyEndpoints::question(
    const std::vector<ClusterActivity>& activity, bool can_filter) {
  ++polls_since_whole_;
  now_.clear();
  for (const ClusterActivity& cluster : activity) now_.emplace(cluster.cluster, cluster.digest);
  if (!known_ || polls_since_whole_ >= polls_between_wholes) return whole_list(can_filter);

  bool came_or_went = false;
  for (const auto& [cluster, digest] : answered_) came_or_went |= !now_.contains(cluster);
  std::vector<std::string> moved;
  for (const auto& [cluster, digest] : now_) {
    const auto it = answered_.find(cluster);
    came_or_went |= it == answered_.end();
    if (it != answered_.end() && it->second != digest && clusters_.contains(cluster)) {
      moved.push_back(cluster);
    }
  }
  bool silent = false;
  for (const auto& [name, cluster] : clusters_) {
    if (now_.contains(name) || cluster.hosts.empty()) continue;
    silent = true;
    if (was_called(cluster)) moved.push_back(name);
  }
  silent = silent && clusters_.size() <= silent_clusters_asked;
  const bool want_whole = came_or_went || silent || (!moved.empty() && !can_filter);
  if (want_whole && polls_since_whole_ >= polls_between_forced_wholes) {
    return whole_list(can_filter);
  }
  if (moved.empty() || !can_filter) return std::nullopt;

  std::sort(moved.begin(), moved.end());
  ClustersQuestion question{"/clusters?format=json&filter=%5E%28%3F%3A", true, false, {}};
  for (const std::string& cluster : moved) {
    const std::string name = percent_encode(quote_re2(clusters_.at(cluster).name));
    // What finds no room stays moved and is asked next time; a single giant name always goes.
    if (!question.asked.empty() &&
        question.path.size() + name.size() > limits::request_target_bytes) {
      continue;
    }
    if (!question.asked.empty()) question.path += "%7C";
    question.path += name;
    question.asked.push_back(cluster);
  }
  question.path += "%29%24";
  return question;
}

void EnvoyEndpoints::enter(const ClustersQuestion& question, EnvoyClusters answer) {
  if (question.whole) {
    known_ = true;
    polls_since_whole_ = 0;
    clusters_.clear();
    answered_ = now_;
  } else {
    for (const std::string& cluster : question.asked) {
      clusters_.erase(cluster);
      if (const auto it = now_.find(cluster); it != now_.end()) answered_[cluster] = it->second;
    }
  }
  requests_.complete = answer.unreadable == 0;
  for (EnvoyCluster& cluster : answer.clusters) {
    std::string name = stat_form(cluster.stat_name);
    clusters_.insert_or_assign(std::move(name), std::move(cluster));
  }
  rebuild();
}

void EnvoyEndpoints::forget() { *this = {}; }

NameSet EnvoyEndpoints::stat_names() const {
  NameSet names;
  for (const auto& [name, cluster] : clusters_) names.insert(name);
  return names;
}

const EnvoyThresholds* EnvoyEndpoints::thresholds(const std::string& stat_name) const {
  const auto it = clusters_.find(stat_name);
  return it == clusters_.end() ? nullptr : &it->second.default_priority;
}

void EnvoyEndpoints::rebuild() {
  std::vector<Series> series;
  std::unordered_map<std::string, std::size_t> index;
  requests_.values.clear();
  states_.clear();
  for (const auto& [name, cluster] : clusters_) {
    const UpstreamName upstream = read_cluster_name(cluster.name);
    for (const EnvoyHost& host : cluster.hosts) {
      states_.push_back({upstream.upstream, upstream.subset, upstream.direction, host.address,
                         state_of(host), host.connections_active, host.requests_active, host.weight,
                         host.priority, locality_of(host)});
      const std::string source = name + " " + host.address;
      const auto [it, fresh] = index.emplace(source, series.size());
      if (fresh) {
        for (const auto& [word, counted] : host_counters) {
          series.push_back({source + word,
                            0,
                            {counted, upstream.direction, upstream.upstream, upstream.subset, "",
                             "", host.address}});
          requests_.values.push_back(0);
        }
      }
      // One address may stand in several localities or priorities of a cluster.
      requests_.values[it->second] += host.requests_total;
      requests_.values[it->second + 1] += host.requests_failed;
      requests_.values[it->second + 2] += host.connections_total;
    }
  }
  if (*requests_.series != series) {
    requests_.series = std::make_shared<const std::vector<Series>>(std::move(series));
  }
}

bool can_filter_clusters(std::string_view version) {
  const std::size_t dot = version.find('.');
  if (dot == std::string_view::npos) return false;
  const int major = std::atoi(std::string(version.substr(0, dot)).c_str());
  const int minor = std::atoi(std::string(version.substr(dot + 1)).c_str());
  return major > 1 || (major == 1 && minor >= 38);
}

}  // namespace mesh
