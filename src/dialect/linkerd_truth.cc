// The look at a whole answer, and what follows from it; see linkerd_truth.h.
#include "dialect/linkerd_truth.h"

#include <utility>

#include "dialect/linkerd_answer.h"
#include "dialect/linkerd_names.h"

namespace mesh {
namespace {

// All that is no Service.
constexpr std::string_view outside = "outside";

// Whose answers a sample of the older text counts: an upstream, or a port of this pod.
std::string who_answers(const Sample& sample) {
  if (!is_outbound(sample)) return std::string("port ").append(inbound_port(sample));
  return std::string(upstream_of_endpoint(sample));
}

}  // namespace

void LinkerdTruth::begin() {
  // A page with nothing on it is no answer.
  if (!routes_.empty()) before_ = std::exchange(routes_, {});
  sends_.clear();
  for (Names* names : {&profiled_, &counted_by_routes_, &answered_grpc_, &answered_other_}) {
    names->clear();
  }
  times_ = 0;
  domain_told_ = false;
}

// Who owns the calls that a sample of the older text counts.
std::string LinkerdTruth::owner(const Sample& sample) {
  const std::string_view authority = sample.label("authority");
  return cluster_domain(authority).empty() ? std::string(outside) : plain_name(authority);
}

std::string LinkerdTruth::owner(const Sample& sample, std::string_view role) {
  const bool is_service = sample.label(std::string(role).append("_kind")) == "Service";
  return is_service ? plain_name(sample, role) : std::string(outside);
}

void LinkerdTruth::look(const Sample& sample) {
  const std::string_view name = sample.name;
  if (name == "response_total") {
    note_answer(sample);
  } else if (name == "outbound_grpc_route_request_statuses_total") {
    Routes& routes = routes_[owner(sample, "parent")];
    routes.has_grpc = true;
    routes.grpc += sample.value;
  } else if (name == "outbound_http_route_request_statuses_total") {
    Routes& routes = routes_[owner(sample, "parent")];
    routes.has_http = true;
    routes.http += sample.value;
  } else if (name == "outbound_http_balancer_endpoints" ||
             name == "outbound_grpc_route_backend_requests_total") {
    sends_.emplace(owner(sample, "parent"), owner(sample, "backend"));
  } else if (name == "route_response_total" && is_outbound(sample)) {
    profiled_.insert(plain_name(sample.label("dst")));
  } else if (name == "response_latency_ms_bucket" || name == "route_response_latency_ms_bucket") {
    ++times_;
  }
  if (!domain_told_) note_domain(sample);
}

// Any address of a Service will do: those that are called, or the control plane's.
void LinkerdTruth::note_domain(const Sample& sample) {
  for (const std::string_view address : {"authority", "dst", "addr"}) {
    const std::string_view domain = cluster_domain(sample.label(address));
    if (domain.empty()) continue;
    domain_ = domain;
    domain_told_ = true;
    return;
  }
}

void LinkerdTruth::note_answer(const Sample& sample) {
  const bool is_grpc = !grpc_status_of(sample).empty();
  const bool is_other = !is_grpc && !sample.label("status_code").empty();
  if (is_grpc) answered_grpc_.insert(who_answers(sample));
  if (is_other) answered_other_.insert(who_answers(sample));
}

void LinkerdTruth::judge(bool restarted) {
  if (restarted) before_.clear();
  Names in_force = profiled_;
  for (auto& [called, now] : routes_) {
    if (!now.has_grpc) continue;
    const auto it = before_.find(called);
    if (now.has_http && it != before_.end()) {
      const bool grpc_moved = now.grpc > it->second.grpc, http_moved = now.http > it->second.http;
      now.http_is_last = grpc_moved == http_moved ? it->second.http_is_last : http_moved;
    }
    if (!now.http_is_last) in_force.insert(called);
  }
  for (const std::string& called : in_force) {
    const auto first = sends_.lower_bound({called, ""});
    if (first == sends_.end() || first->first != called) counted_by_routes_.insert(called);
    for (auto it = first; it != sends_.end() && it->first == called; ++it) {
      counted_by_routes_.insert(it->second);
    }
  }
}

bool LinkerdTruth::counts_calls(const Sample& sample) const {
  return !counted_by_routes_.contains(owner(sample));
}

bool LinkerdTruth::times_calls(const Sample& sample) const {
  const std::string who = who_answers(sample);
  if (!answered_grpc_.contains(who) || answered_other_.contains(who)) return false;
  return !is_outbound(sample) || !profiled_.contains(owner(sample));
}

}  // namespace mesh
