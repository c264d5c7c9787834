// How Envoy spells a cluster's name within the names of its statistics.
#pragma once

#include <string>
#include <string_view>

namespace mesh {

// Colons cannot stand in a stat's name, nor a dot at the end: "a::b" → "a__b", "p://q" → "p_q",
// "r:/s" → "r_s", "db.local." → "db.local". Seen on Envoy 1.36.2 and 1.40.0; /clusters tells the
// observability_name as it was configured, before this.
std::string envoy_stat_name(std::string_view observability_name);

}  // namespace mesh
