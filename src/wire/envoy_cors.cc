// A policy stands at a route table, a virtual host or a route: today as a CorsPolicy in
// `typed_per_filter_config`, perhaps wrapped in a FilterConfig, formerly in the field `cors`.
#include "wire/envoy_cors.h"

#include <algorithm>
#include <cctype>
#include <string>
#include <string_view>

#include "wire/json_fields.h"

namespace mesh {
namespace {

using simdjson::dom::element;

// Whether a comma-separated list of header names has this one.
bool lists(std::string_view names, std::string_view wanted) {
  const auto same = [](char a, char b) { return std::tolower(static_cast<unsigned char>(a)) == b; };
  while (!names.empty()) {
    const std::size_t comma = names.find(',');
    std::string_view name = names.substr(0, comma);
    while (name.starts_with(' ')) name.remove_prefix(1);
    while (name.ends_with(' ')) name.remove_suffix(1);
    if (name == "*" || std::ranges::equal(name, wanted, same)) return true;
    names = comma == std::string_view::npos ? std::string_view{} : names.substr(comma + 1);
  }
  return false;
}

void read_policy(const element& policy, EnvoyCorsPolicies& into) {
  ++into.told;
  simdjson::dom::array origins;
  if (policy["allow_origin_string_match"].get(origins) || origins.size() == 0) return;
  ++into.allowing;
  const std::string_view exposed = text_in(policy, "expose_headers");
  if (lists(exposed, "grpc-status") && lists(exposed, "grpc-message")) ++into.exposing;
}

void read_holder(const element& holder, EnvoyCorsPolicies& into) {
  element old;
  if (!holder["cors"].get(old)) read_policy(old, into);
  simdjson::dom::object configs;
  if (holder["typed_per_filter_config"].get(configs)) return;
  for (const auto& [filter, value] : configs) {
    element config = value, wrapped;
    if (!config["config"].get(wrapped)) config = wrapped;
    if (text_in(config, "@type").ends_with(".http.cors.v3.CorsPolicy")) read_policy(config, into);
  }
}

}  // namespace

EnvoyCorsPolicies cors_policies_of(const element& routes) {
  EnvoyCorsPolicies policies;
  read_holder(routes, policies);
  simdjson::dom::array hosts;
  if (routes["virtual_hosts"].get(hosts)) return policies;
  for (const element host : hosts) {
    read_holder(host, policies);
    simdjson::dom::array list;
    if (host["routes"].get(list)) continue;
    for (const element route : list) {
      read_holder(route, policies);
      element action, old;
      if (!route["route"].get(action) && !action["cors"].get(old)) read_policy(old, policies);
    }
  }
  return policies;
}

}  // namespace mesh
