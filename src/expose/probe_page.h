// The page of one probe that a scraper asked for, in the manner of the blackbox exporter:
// /probe?target=shop/users&module=grpc_health.
#pragma once

#include <memory>
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

// The target of a query: the name of a configured probe, "namespace/name" of one that has a
// namespace. An error in words for a query that is another.
Result<std::string> parse_probe_query(std::string_view query);

// probe_success (1 if each service is up), probe_duration_seconds, and what was found of each.
std::string probe_page(const HealthStates& states, Duration took, Format format);

}  // namespace mesh
