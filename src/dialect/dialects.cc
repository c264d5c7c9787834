// The visible list: add a mesh here.
#include "dialect/dialects.h"

#include <algorithm>
#include <array>

#include "dialect/envoy.h"

namespace mesh {
namespace {

constexpr std::array<Dialect, 1> all_dialects{{
    {"envoy", open_envoy},
}};

}  // namespace

std::span<const Dialect> dialects() { return all_dialects; }

const Dialect* find_dialect(std::string_view name) {
  const auto it = std::find_if(all_dialects.begin(), all_dialects.end(),
                               [&](const Dialect& dialect) { return dialect.name == name; });
  return it == all_dialects.end() ? nullptr : &*it;
}

}  // namespace mesh
