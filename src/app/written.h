// Whether what a command printed has arrived: a full disk is no success.
#pragma once

#include <ostream>

namespace mesh {

inline bool written(std::ostream& out, std::ostream& err) {
  if (out.flush()) return true;
  err << "mesh_exporter: the output could not be written\n";
  return false;
}

}  // namespace mesh
