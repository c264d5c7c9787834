// What targets of which nobody said what they are were recognised as (dialect/auto.h). It is
// remembered for as long as the target is found where it was.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "model/discovered.h"
#include "model/target.h"

namespace mesh {

class KnownMeshes {
 public:
  // `target` as it was found.
  void learn(const Target& target, std::string_view dialect);

  // Makes of unknown targets what is known of them, in place. One that would then have the name of
  // another stays unknown; that is logged once. Who is not among them is forgotten.
  void apply(Discovered& found);

 private:
  struct Known {
    Target target;  // as it was found
    std::string dialect;
    bool told = false;  // that its name is taken
  };

  std::map<std::string, Known> known_;  // by target_id of the unknown
};

}  // namespace mesh
