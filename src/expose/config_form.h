// The configuration in force, as people and programs read it: made of what the program uses, not of
// the file, so that what defaults have filled in is there; and without what may be a secret.
//
// The YAML is a configuration of its own: read again it means the same, but for what is redacted
// and for limits of what cannot be written (what discovery adds to targets is not in it).
#pragma once

#include <string>

#include "config/config.h"

namespace mesh {

// Keys as in config.example.yaml; what is not set and has no default is left out. Values of the
// query of an address, and what variables stand for in its path, are "<redacted>": they may be
// secrets. Passwords and keys themselves never
// come into the configuration, only the paths of their files do.
std::string config_yaml(const Config& config);
std::string config_json(const Config& config);

}  // namespace mesh
