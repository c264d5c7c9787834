// A YAML document as a plain tree in which every node knows where it stands. The library's own tree
// forgets duplicate keys and what was quoted; this one is built from its events and complains.
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "config/problems.h"

namespace mesh {

struct YamlNode {
  enum class Kind { null, scalar, list, map };

  struct Entry {
    std::string key;
    Position at;  // of the key
    const YamlNode* value;
  };

  Kind kind = Kind::null;
  Position at;
  std::string text;                    // of a scalar; of a null what stands there: "", "~", "null"
  bool plain = false;                  // a scalar without quotes, which YAML may take for no string
  std::vector<const YamlNode*> items;  // of a list
  std::vector<Entry> entries;          // of a map, in the order of the file, keys unique
};

// Owns its nodes. Aliases point to the node they name, never in a circle.
struct YamlTree {
  std::deque<YamlNode> nodes;
  const YamlNode* root = nullptr;  // null if there is no document or it is not YAML
};

// Whether an error says at which word the syntax broke. In files that hold passwords or keys it
// does not: that word may be one.
enum class Citing { words, nothing };

// Never throws. Complains about bytes that are no text, bad syntax, duplicate keys, keys that are
// no plain words, tags, circular aliases, and a second document.
YamlTree parse_yaml(std::string_view yaml, Problems& problems, Citing citing = Citing::words);

}  // namespace mesh
