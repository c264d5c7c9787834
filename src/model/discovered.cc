// The words of a migration's states; see discovered.h.
#include "model/discovered.h"

namespace mesh {

std::string_view to_string(MeshState state) {
  switch (state) {
    case MeshState::unmeshed: return "unmeshed";
    case MeshState::opted_out: return "opted_out";
    case MeshState::injection_pending: return "injection_pending";
    case MeshState::meshed: return "meshed";
  }
  return "";
}

}  // namespace mesh
