// A limit of the connection pool is too small for the traffic: the proxy itself refuses calls, or
// makes them wait for a connection that it may not open.
#include <array>
#include <charconv>

#include "compute/findings/about_pools.h"
#include "compute/findings/all.h"

namespace mesh {
namespace {

// Refusing less than this share of the calls is no more than a moment's peak.
constexpr double least_share = 0.001;

struct Resource {
  std::string_view name;
  Use UpstreamReading::*use;
  std::string_view plain_limit;    // in Envoy's circuit_breakers
  std::array<Remedy, 4> remedies;  // what is not given is empty
};

constexpr std::array resources{
    Resource{
        "requests",
        &UpstreamReading::requests,
        "max_requests",
        {{{"istio", "raise connectionPool.http.http2MaxRequests in the upstream's DestinationRule"},
          {"consul",
           "raise limits.max_concurrent_requests of the upstream (UpstreamConfig, or the proxy's "
           "upstreams)"},
          {"", "raise circuit_breakers.thresholds.max_requests of the cluster"}}}},
    Resource{"pending",
             &UpstreamReading::pending,
             "max_pending_requests",
             {{{"istio",
                "raise connectionPool.http.http1MaxPendingRequests (for HTTP/2 as well) in the "
                "upstream's DestinationRule, or let it open more connections"},
               {"consul", "raise limits.max_pending_requests of the upstream"},
               {"",
                "raise circuit_breakers.thresholds.max_pending_requests of the cluster, or "
                "max_connections"}}}},
    Resource{
        "connections",
        &UpstreamReading::connections,
        "max_connections",
        {{{"istio", "raise connectionPool.tcp.maxConnections in the upstream's DestinationRule"},
          {"consul", "raise limits.max_connections of the upstream"},
          {"", "raise circuit_breakers.thresholds.max_connections of the cluster"}}}},
    Resource{"pools",
             nullptr,
             "max_connection_pools",
             {{{"istio",
                "raise max_connection_pools by an EnvoyFilter, or find out why there are so many "
                "pools (one per source address or header)"},
               {"consul", "raise circuit_breakers.thresholds.max_connection_pools of the cluster"},
               {"", "raise circuit_breakers.thresholds.max_connection_pools of the cluster"}}}},
    Resource{
        "retries",
        &UpstreamReading::retries,
        "max_retries",
        {{{"istio",
           "first find out why so many calls fail; then connectionPool.http.maxRetries in the "
           "upstream's DestinationRule"},
          {"consul", "first find out why so many calls fail"},
          {"linkerd",
           "first find out why so many calls fail; then the limits of retries at the route "
           "(retry.linkerd.io annotations, retryBudget of the ServiceProfile)"},
          {"",
           "first find out why so many calls fail; then circuit_breakers.thresholds.retry_budget "
           "or max_retries of the cluster"}}}},
};

// Until 1.37 Envoy counted requests over max_requests with those over max_pending_requests.
bool counts_as_one(const TargetState& state) {
  const std::string_view version = state.proxy ? std::string_view(state.proxy->version) : "";
  int minor = 0;
  if (!version.starts_with("1.")) return false;
  const auto [end, error] =
      std::from_chars(version.data() + 2, version.data() + version.size(), minor);
  return error == std::errc{} && minor < 38;
}

bool is_full(const Use& use) { return use.limit && use.active >= *use.limit; }

// "max_requests is 100". Linkerd limits nothing else that is told.
std::string limit_in_words(const TargetState& state, const Pool& pool, const Resource& resource) {
  if (state.target.mesh == "linkerd") return "its budget of retries is used up";
  const Resource* which = &resource;
  if (resource.name == "pending" && counts_as_one(state) && !is_full(pool.now.pending)) {
    if (!is_full(pool.now.requests)) return "max_requests or max_pending_requests is reached";
    which = &resources[0];
  }
  const Use* use = which->use ? &(pool.now.*which->use) : nullptr;
  return std::string(which->plain_limit) +
         (use && use->limit ? " is " + std::to_string(*use->limit) : " is reached");
}

std::uint64_t refused(const Pool& pool, std::string_view resource) {
  const std::uint64_t overflows = pool.increase(Counted::overflows, resource);
  if (resource == "connections" && pool.now.speaks_http.value_or(true)) {
    // A pool over HTTP may always open one to an endpoint that has none; then calls share it.
    // Where they wait nonetheless, it matters.
    const bool waits = pool.now.pending.active > 0 && !waits_for_streams(pool);
    return waits ? overflows : 0;
  }
  return overflows;
}

void judge(const TargetState& state, const Pool& pool, const Resource& resource,
           std::vector<Finding>& found) {
  const std::uint64_t overflows = refused(pool, resource.name);
  const std::uint64_t attempts = pool.increase(Counted::attempts);
  const double share = share_of(overflows, attempts + overflows);
  if (overflows < fewest_to_tell || share < least_share) return;
  const bool is_retry = resource.name == "retries";
  const bool grave = share >= 0.1 && !is_retry && resource.name != "connections";
  Finding finding =
      about_pool("pool_exhausted", grave ? Severity::critical : Severity::warning, state, pool);
  finding.subject = resource.name;
  finding.cause = is_retry ? std::to_string(overflows) + " retries" : counted(overflows, "call");
  finding.cause += " to " + name_of(pool);
  finding.cause += resource.name == "connections" && pool.now.speaks_http.value_or(true)
                       ? " had to wait for a connection in the window: "
                       : " refused by this sidecar in the window: ";
  finding.cause += limit_in_words(state, pool, resource);
  finding.evidence = {
      number("overflows", overflows), {"share", share, Unit::ratio}, number("requests", attempts)};
  if (resource.use) add_use(finding, "in_use", "limit", pool.now.*resource.use);
  finding.remedy = remedy_for(state.target.mesh, resource.remedies);
  found.push_back(std::move(finding));
}

void find(const Snapshot& snapshot, WallTime, std::vector<Finding>& found) {
  each_pool(snapshot, [&](const TargetState& state, const Pool& pool) {
    for (const Resource& resource : resources) judge(state, pool, resource, found);
  });
}

}  // namespace

const FindingMaker pool_exhausted{
    "pool_exhausted", "A limit of a connection pool refuses calls, or keeps them waiting.",
    Stated::after_a_window, find};

}  // namespace mesh
