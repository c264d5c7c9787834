// The page of one probe that a scraper asked for, in the manner of the blackbox exporter:
// /probe?target=shop/users&module=grpc_health.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "expose/negotiate.h"
#include "model/grpc_probe.h"

namespace mesh {

inline constexpr std::string_view probe_path = "/probe";

using HealthStates = std::vector<std::shared_ptr<const GrpcHealthState>>;

// What a probe that was asked for found in its time.
struct ProbedNow {
  HealthStates states;        // of each service that was asked
  std::size_t not_asked = 0;  // services for which no time was left
  bool broken_off = false;  // for the program ends; then what is not in `states` was not heard out
};

// The target of a query: the name of a configured probe, "namespace/name" of one that has a
// namespace. An error in words for a query that is another.
Result<std::string> parse_probe_query(std::string_view query);

// For how long a scraper that sent this header (X-Prometheus-Scrape-Timeout-Seconds) may be kept
// waiting: half a second less than it says, as of the blackbox exporter. Zero where that leaves no
// time: then it is the probe's own timeout, as there. Nothing if it says nothing, or 0; an error in
// words if it is no number.
Result<std::optional<Duration>> parse_scrape_timeout(std::string_view header);

// Why it could not be asked at all, which is our own fault ("cannot use FILE: WHY"); "" if it
// could.
std::string_view why_not_asked(const ProbedNow& now);

// probe_success (1 if each service was asked and is up), probe_duration_seconds, and what was found
// of each.
std::string probe_page(const ProbedNow& now, Duration took, Format format);

}  // namespace mesh
