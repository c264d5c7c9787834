// The counters of Envoy's clusters and listeners that are read, and what each of them means: the
// one list. What is in it is asked for (envoy_stats_filter), read in both forms of the statistics,
// and exported. With `usedonly` what never moved has no line.
#pragma once

#include <span>
#include <string_view>

#include "model/series.h"

namespace mesh {

struct EnvoyCounter {
  std::string_view stat;  // behind "cluster.<name>." or "listener.<name>."
  Counted counted;
  std::string_view detail;  // see Counted
};

std::span<const EnvoyCounter> envoy_cluster_counters();
std::span<const EnvoyCounter> envoy_listener_counters();

// Null if the statistic is none of them.
const EnvoyCounter* find_cluster_counter(std::string_view stat);

// What a proxy counts of its own callers: "listener.0.0.0.0_15006.ssl.connection_error",
// "http2.stream_refused_errors" of the whole process, "http.inbound_8080.rbac.denied". Null if the
// name is none of them.
const EnvoyCounter* find_own_counter(std::string_view name);

}  // namespace mesh
