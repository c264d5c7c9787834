// Who does the work: each endpoint of each upstream with its share of the requests.
#include <map>
#include <string>
#include <tuple>
#include <utility>

#include "expose/reports.h"

namespace mesh {
namespace {

struct Counts {
  std::uint64_t requests = 0, failures = 0;
};
using Name = std::tuple<std::string, std::string, std::string>;  // upstream, subset, address

std::string_view state_name(EndpointState state) {
  switch (state) {
    case EndpointState::ready: return "ready";
    case EndpointState::ejected: return "ejected";
    case EndpointState::unhealthy: return "unhealthy";
    case EndpointState::draining: return "draining";
  }
  return "";
}

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

Cell pod_of(const PodAddresses& pods, std::string_view endpoint) {
  const PodName* pod = pods.of_endpoint(endpoint);
  return pod ? Cell{qualified(pod->ns, pod->pod), ""} : Cell{};
}

void add_rows(const TargetState& state, const PodAddresses& pods, const ReportFilter& filter,
              Table& table) {
  const CounterView& view = state.endpoint_requests;
  const std::map<Name, Counts> counts = counts_of(view);
  std::map<std::pair<std::string, std::string>, std::uint64_t> totals;
  for (const auto& [name, one] : counts) {
    totals[{std::get<0>(name), std::get<1>(name)}] += one.requests;
  }
  for (const EndpointReading& endpoint : state.endpoints) {
    if (endpoint.direction != Direction::outbound) continue;
    if (!filter.lets_upstream(endpoint.upstream)) continue;
    const auto it = counts.find({endpoint.upstream, endpoint.subset, endpoint.address});
    Cell rate, share, failed;
    if (it != counts.end()) {
      const auto requests = static_cast<double>(it->second.requests);
      const std::uint64_t total = totals[{endpoint.upstream, endpoint.subset}];
      rate = {requests / view.window_seconds, ""};
      if (total > 0) {
        const double ratio = requests / static_cast<double>(total);
        share = {ratio, shown_number(ratio * 100) + "%"};
      }
      failed = {it->second.failures, ""};
    }
    table.rows.push_back({{target_id(state.target), ""},
                          {endpoint.upstream, ""},
                          {endpoint.subset, ""},
                          {endpoint.address, ""},
                          pod_of(pods, endpoint.address),
                          {std::string(state_name(endpoint.state)), ""},
                          {endpoint.weight, ""},
                          {endpoint.locality, ""},
                          {endpoint.connections_active, ""},
                          endpoint.requests_active ? Cell{*endpoint.requests_active, ""} : Cell{},
                          rate,
                          share,
                          failed});
  }
}

}  // namespace

Table endpoints_report(const Page& page, const ReportFilter& filter) {
  Table table{{{"POD", "pod"},
               {"UPSTREAM", "upstream"},
               {"SUBSET", "subset"},
               {"ENDPOINT", "endpoint"},
               {"ENDPOINT POD", "endpoint_pod"},
               {"STATE", "state"},
               {"WEIGHT", "weight", true},
               {"LOCALITY", "locality"},
               {"CONNECTIONS", "connections", true},
               {"OPEN", "requests_active", true},
               {"REQUESTS/S", "requests_per_second", true},
               {"SHARE", "share", true},
               {"FAILED", "failed_requests", true}},
              {}};
  for (const auto& state : page.snapshot.targets) {
    if (filter.lets(state->target)) add_rows(*state, page.snapshot.discovery->pods, filter, table);
  }
  return table;
}

}  // namespace mesh
