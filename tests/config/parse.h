// For the tests of the configuration: a literal environment, the names that the rooms above would
// give, and parsing with them.
#pragma once

#include <array>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "config/load.h"

namespace mesh {

inline constexpr std::array<std::string_view, 5> test_meshes{"envoy", "istio", "linkerd", "app",
                                                             "proxyless"};
inline constexpr std::array<std::string_view, 9> test_codes{
    "OK",       "NOT_FOUND",   "UNKNOWN",   "DEADLINE_EXCEEDED", "UNIMPLEMENTED",
    "INTERNAL", "UNAVAILABLE", "DATA_LOSS", "RESOURCE_EXHAUSTED"};

inline constexpr std::array<SoleDoor, 3> test_sole_doors{
    {{"linkerd", "metrics"}, {"istio", "admin"}, {"proxyless", "grpc"}}};

inline constexpr std::array<std::string_view, 2> test_issuers{"spire", "cert-manager"};

using Variables = std::map<std::string, std::string, std::less<>>;

inline Environment environment(Variables variables) {
  return [variables = std::move(variables)](std::string_view name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    if (found == variables.end()) return std::nullopt;
    return found->second;
  };
}

inline ConfigContext test_context(Variables variables = {}) {
  return {environment(std::move(variables)), test_meshes, test_codes, test_sole_doors,
          test_issuers};
}

// The errors, one a line; "" if there are none.
inline std::string errors_of(std::string_view yaml, Variables variables = {}) {
  const auto config = parse_config(yaml, "f.yaml", test_context(std::move(variables)));
  std::string text;
  if (config) return text;
  for (const Error& error : config.error()) text += error.message + "\n";
  return text;
}

// Instead of `+`, which g++ 12 warns of at -O3 (array-bounds, falsely) when it sees constants.
inline std::string joined(std::initializer_list<std::string_view> parts) {
  std::string text;
  for (const std::string_view part : parts) text.append(part);
  return text;
}

// The targets of a file that is otherwise right.
inline constexpr std::string_view one_target = "targets: [{name: a, admin: 'http://h:1'}]\n";

}  // namespace mesh
