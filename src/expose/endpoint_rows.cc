// Counters beside the endpoints they are of; see endpoint_rows.h.
#include "expose/endpoint_rows.h"

#include <map>
#include <tuple>
#include <utility>

namespace mesh {
namespace {

struct Counts {
  std::uint64_t requests = 0, failures = 0;
};
using Name = std::tuple<std::string, std::string, std::string>;  // upstream, subset, address

std::map<Name, Counts> counts_of(const CounterView& view) {
  std::map<Name, Counts> counts;
  for (std::size_t i = 0; i < view.increases.size(); ++i) {
    const SeriesKey& key = (*view.keys)[i];
    Counts& one = counts[{key.upstream, key.subset, key.detail}];
    if (key.counted == Counted::endpoint_requests) one.requests += view.increases[i];
    if (key.counted == Counted::endpoint_failures) one.failures += view.increases[i];
  }
  return counts;
}

void add_rows(const TargetState& state, const PodAddresses& pods, const ReportFilter& filter,
              std::vector<EndpointRow>& rows) {
  const CounterView& view = state.endpoint_requests;
  const std::map<Name, Counts> counts = counts_of(view);
  std::map<std::pair<std::string, std::string>, std::uint64_t> totals;
  for (const auto& [name, one] : counts) {
    totals[{std::get<0>(name), std::get<1>(name)}] += one.requests;
  }
  for (const EndpointReading& endpoint : state.endpoints) {
    if (endpoint.direction != Direction::outbound) continue;
    if (!filter.lets_upstream(endpoint.upstream)) continue;
    EndpointRow row;
    row.state = &state;
    row.endpoint = &endpoint;
    const PodName* pod = pods.of_endpoint(endpoint.address);
    if (pod) row.pod = qualified(pod->ns, pod->pod);
    const auto it = counts.find({endpoint.upstream, endpoint.subset, endpoint.address});
    if (it != counts.end()) {
      const auto requests = static_cast<double>(it->second.requests);
      const std::uint64_t total = totals[{endpoint.upstream, endpoint.subset}];
      row.rate = requests / view.window_seconds;
      if (total > 0) row.share = requests / static_cast<double>(total);
      row.failures = it->second.failures;
    }
    rows.push_back(std::move(row));
  }
}

}  // namespace

std::string_view to_string(EndpointState state) {
  switch (state) {
    case EndpointState::ready: return "ready";
    case EndpointState::ejected: return "ejected";
    case EndpointState::unhealthy: return "unhealthy";
    case EndpointState::draining: return "draining";
  }
  return "";
}

std::vector<EndpointRow> endpoint_rows(const Page& page, const ReportFilter& filter) {
  std::vector<EndpointRow> rows;
  const PodAddresses& pods = page.snapshot.discovery->pods;
  for (const auto& state : page.snapshot.targets) {
    if (filter.lets(state->target)) add_rows(*state, pods, filter, rows);
  }
  return rows;
}

}  // namespace mesh
