// A control plane's own page of metrics, whichever mesh's: one question a poll. What is read of it
// is in two lists: plane_families.h, and the ends of root and issuer among those of
// agent_certificates.h.
//
// Its calls are its own affair and are not counted among those of the mesh, although some of these
// pages have them in the manner of applications. What it counts never falls (its restarts show by
// process_start_time_seconds).
#pragma once

#include <memory>
#include <string_view>

#include "dialect/conversation.h"
#include "model/request.h"
#include "model/target.h"

namespace mesh {

struct PlanePage {
  std::string_view mesh;          // a value of the label `mesh`; a literal
  std::string_view path;          // where the target's doors name none
  std::string_view when_403{};    // what helps where the page is refused; a literal
  std::string_view when_empty{};  // and where there is nothing on it
};

std::unique_ptr<Conversation> open_plane(const Target& target, const PlanePage& page);

}  // namespace mesh
