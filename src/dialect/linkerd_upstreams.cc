// The gauges that are read; see linkerd_upstreams.h.
#include "dialect/linkerd_upstreams.h"

#include <algorithm>

#include "base/limits.h"
#include "dialect/linkerd_answer.h"
#include "dialect/linkerd_names.h"

namespace mesh {
namespace {

std::uint64_t whole(double gauge) {
  return fits_counter(gauge) ? static_cast<std::uint64_t>(gauge) : 0;
}

}  // namespace

void LinkerdUpstreams::enter(const Sample& sample, const LinkerdTruth& truth,
                             const LinkerdTraffic& traffic) {
  const std::string_view name = sample.name;
  if (name == "tcp_open_connections") {
    open_connections(sample, traffic);
  } else if (name == "request_total" && is_outbound(sample)) {
    upstreams_[std::string(upstream_of_endpoint(sample))].speaks_http = true;
  } else if (name == "outbound_http_balancer_endpoints") {
    balancer_endpoints(sample, truth);
  } else if (name == "outbound_http_balancer_queue_length") {
    backend(sample, truth).waiting += sample.value;
  } else if (sample.label("endpoint_state") == "ready") {
    if (name == "control_destination_balancer_endpoints") ready_[ConfigKind::eds] += sample.value;
    if (name == "control_policy_balancer_endpoints") ready_[ConfigKind::rds] += sample.value;
  }
}

void LinkerdUpstreams::open_connections(const Sample& sample, const LinkerdTraffic& traffic) {
  const bool to_endpoint = sample.label("peer") == "dst";
  if (is_outbound(sample)) {
    if (!to_endpoint) return;
    const std::string upstream(upstream_of_endpoint(sample));
    if (upstream.empty()) return;
    upstreams_[upstream].connections += sample.value;
    if (sample.value > 0)
      endpoints_[{upstream, std::string(sample.label("target_addr"))}] += sample.value;
  } else if (!to_endpoint) {
    const double callers = traffic.is_admin(sample) ? 0 : sample.value;
    inbound_ = inbound_.value_or(0) + callers;
  }
}

// Of several Services that send to the same endpoints each has a balancer of its own.
void LinkerdUpstreams::balancer_endpoints(const Sample& sample, const LinkerdTruth& truth) {
  Upstream& upstream = backend(sample, truth);
  upstream.has_balancer = true;
  const std::string_view state = sample.label("endpoint_state");
  if (state == "ready") upstream.ready = std::max(upstream.ready, sample.value);
  if (state == "pending") upstream.pending = std::max(upstream.pending, sample.value);
}

LinkerdUpstreams::Upstream& LinkerdUpstreams::backend(const Sample& sample,
                                                      const LinkerdTruth& truth) {
  Upstream& upstream = upstreams_[with_domain(plain_name(sample, "backend"), truth.domain())];
  upstream.speaks_http = true;
  return upstream;
}

void LinkerdUpstreams::tell(Readings& readings) const {
  for (const auto& [name, upstream] : upstreams_) {
    if (readings.upstreams.size() >= limits::pools_per_target) break;
    UpstreamReading reading;
    reading.upstream = name;
    reading.connections.active = whole(upstream.connections);
    reading.pending.active = whole(upstream.waiting);
    reading.tells_requests = false;
    if (upstream.speaks_http) reading.speaks_http = true;
    readings.upstreams.push_back(std::move(reading));
    if (!upstream.has_balancer) continue;
    const std::uint64_t ready = whole(upstream.ready);
    const std::uint64_t pending = whole(upstream.pending);
    if (ready + pending == 0 && whole(upstream.waiting) == 0) continue;
    readings.endpoint_counts.push_back({name, EndpointState::ready, ready});
    readings.endpoint_counts.push_back({name, EndpointState::unhealthy, pending});
  }
  for (const auto& [where, connections] : endpoints_) {
    if (readings.endpoint_states.size() >= limits::raw_series_per_target) break;
    EndpointReading& endpoint = readings.endpoint_states.emplace_back();
    endpoint.upstream = where.first;
    endpoint.address = where.second;
    endpoint.connections_active = whole(connections);
    endpoint.requests_active.reset();
  }
  if (inbound_) readings.inbound_connections = whole(*inbound_);
  for (const auto& [kind, ready] : ready_) {
    const std::string_view controller = kind == ConfigKind::eds ? "destination" : "policy";
    readings.control_plane.links.push_back({kind, std::string(controller), ready > 0});
  }
}

}  // namespace mesh
