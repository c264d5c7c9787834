// The list itself. What moves when is told in docs/adr/0002-reading-envoy.md.
#include "dialect/envoy_counters.h"

#include <algorithm>
#include <array>

namespace mesh {
namespace {

using enum Counted;

constexpr std::array cluster_counters{
    EnvoyCounter{"upstream_rq_total", attempts, ""},

    EnvoyCounter{"upstream_rq_rx_reset", resets, "remote"},
    EnvoyCounter{"upstream_rq_tx_reset", resets, "local"},
    EnvoyCounter{"upstream_cx_destroy_with_active_rq", resets, "connection"},
    // Streams that went with their connection, or had waited for one that could not be made.
    EnvoyCounter{"upstream_rq_pending_failure_eject", resets, "lost"},

    EnvoyCounter{"upstream_cx_total", connections, ""},
    EnvoyCounter{"upstream_cx_max_requests", recycled, "max_requests"},
    EnvoyCounter{"upstream_cx_max_duration_reached", recycled, "max_duration"},
    EnvoyCounter{"upstream_cx_close_notify", recycled, "goaway"},

    EnvoyCounter{"upstream_cx_overflow", overflows, "connections"},
    EnvoyCounter{"upstream_cx_pool_overflow", overflows, "pools"},
    // Until 1.37 requests over max_requests were counted here, too.
    EnvoyCounter{"upstream_rq_pending_overflow", overflows, "pending"},
    EnvoyCounter{"upstream_rq_active_overflow", overflows, "requests"},
    EnvoyCounter{"upstream_rq_retry_overflow", overflows, "retries"},

    EnvoyCounter{"upstream_cx_connect_fail", connect_failures, "all"},
    EnvoyCounter{"upstream_cx_connect_timeout", connect_failures, "timeout"},

    EnvoyCounter{"ssl.connection_error", tls_failures, "handshake"},
    EnvoyCounter{"ssl.fail_verify_error", tls_failures, "verify"},
    EnvoyCounter{"ssl.fail_verify_san", tls_failures, "name"},
    EnvoyCounter{"ssl.fail_verify_no_cert", tls_failures, "no_certificate"},
    EnvoyCounter{"ssl.fail_verify_cert_hash", tls_failures, "hash"},

    EnvoyCounter{"outlier_detection.ejections_enforced_consecutive_5xx", ejections,
                 "consecutive_5xx"},
    EnvoyCounter{"outlier_detection.ejections_enforced_consecutive_gateway_failure", ejections,
                 "consecutive_gateway_failure"},
    EnvoyCounter{"outlier_detection.ejections_enforced_consecutive_local_origin_failure", ejections,
                 "consecutive_local_origin_failure"},
    EnvoyCounter{"outlier_detection.ejections_enforced_success_rate", ejections, "success_rate"},
    EnvoyCounter{"outlier_detection.ejections_enforced_local_origin_success_rate", ejections,
                 "local_origin_success_rate"},
    EnvoyCounter{"outlier_detection.ejections_enforced_failure_percentage", ejections,
                 "failure_percentage"},
    EnvoyCounter{"outlier_detection.ejections_enforced_local_origin_failure_percentage", ejections,
                 "local_origin_failure_percentage"},

    EnvoyCounter{"lb_healthy_panic", unhealthy_picks, "panic"},
    EnvoyCounter{"upstream_cx_none_healthy", unhealthy_picks, "none"},

    EnvoyCounter{"upstream_rq_timeout", timeouts, "request"},
    EnvoyCounter{"upstream_rq_per_try_timeout", timeouts, "per_try"},
    EnvoyCounter{"upstream_rq_per_try_idle_timeout", timeouts, "per_try_idle"},
    EnvoyCounter{"upstream_rq_max_duration_reached", timeouts, "max_duration"},

    EnvoyCounter{"upstream_rq_retry", retries, "started"},
    EnvoyCounter{"upstream_rq_retry_success", retries, "succeeded"},
    EnvoyCounter{"upstream_rq_retry_limit_exceeded", retries, "limit_exceeded"},
};

constexpr std::array listener_counters{
    EnvoyCounter{"ssl.connection_error", tls_failures, "handshake"},
    EnvoyCounter{"ssl.fail_verify_error", tls_failures, "verify"},
    EnvoyCounter{"ssl.fail_verify_san", tls_failures, "name"},
    EnvoyCounter{"ssl.fail_verify_no_cert", tls_failures, "no_certificate"},
    EnvoyCounter{"ssl.fail_verify_cert_hash", tls_failures, "hash"},
};

// Of the process: of the callers of all its listeners together. The cluster's counter of the same
// name never moves; at the caller a refused stream is an UNAVAILABLE like any other.
constexpr EnvoyCounter process_counter{"http2.stream_refused_errors", stream_refusals, ""};

constexpr EnvoyCounter denied{"denied", denials, "enforced"};
constexpr EnvoyCounter would_be_denied{"shadow_denied", denials, "shadow"};

// "http.inbound_0.0.0.0_8080.rbac.denied", "tcp.rbac.denied", and with a prefix of the rules
// "….rbac.istio_dry_run_allow_.shadow_denied". What is counted by policy on top of that
// ("….rbac.policy.NAME.denied") is the same again.
const EnvoyCounter* find_policy_counter(std::string_view name) {
  constexpr std::string_view word = ".rbac.";
  const std::size_t found = name.find(word);
  if (found == std::string_view::npos || found == 0) return nullptr;
  std::string_view rest = name.substr(found + word.size());
  const std::size_t dot = rest.find('.');
  if (dot != std::string_view::npos) rest.remove_prefix(dot + 1);
  if (rest == denied.stat) return &denied;
  return rest == would_be_denied.stat ? &would_be_denied : nullptr;
}

}  // namespace

std::span<const EnvoyCounter> envoy_cluster_counters() { return cluster_counters; }
std::span<const EnvoyCounter> envoy_listener_counters() { return listener_counters; }

const EnvoyCounter* find_cluster_counter(std::string_view stat) {
  const auto* found = std::ranges::find(cluster_counters, stat, &EnvoyCounter::stat);
  return found == cluster_counters.end() ? nullptr : found;
}

const EnvoyCounter* find_own_counter(std::string_view name) {
  if (name == process_counter.stat) return &process_counter;
  constexpr std::string_view prefix = "listener.";
  if (name.starts_with("cluster.")) return nullptr;
  if (!name.starts_with(prefix)) return find_policy_counter(name);
  name.remove_prefix(prefix.size());
  const auto* found = std::ranges::find_if(listener_counters, [&](const EnvoyCounter& counter) {
    if (!name.ends_with(counter.stat)) return false;
    const std::string_view before = name.substr(0, name.size() - counter.stat.size());
    return before.size() > 1 && before.ends_with('.');
  });
  return found == listener_counters.end() ? nullptr : found;
}

}  // namespace mesh
