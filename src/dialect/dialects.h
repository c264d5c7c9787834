// The one list of meshes that the agent speaks. Each entry is a file beside this one that opens
// with an essay on what that proxy says and its oddities.
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "config/config.h"
#include "dialect/conversation.h"
#include "model/target.h"

namespace mesh {

struct Dialect {
  std::string_view name;   // the value of `mesh:` in the configuration
  std::string_view label;  // the value of the label `mesh`: two proxies may be of one mesh
  std::unique_ptr<Conversation> (*open)(const Target& target, const Config& config);
  std::string_view sole_door = "";  // "admin", "metrics", "grpc": of several, the only one asked
};

std::span<const Dialect> dialects();

// Nothing if no dialect has this name.
const Dialect* find_dialect(std::string_view name);

// The target as the world sees it: `mesh`, which was the name of a dialect, is its label.
Target labelled(Target target);

}  // namespace mesh
