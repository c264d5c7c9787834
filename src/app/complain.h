// How the commands say what they could not look at: a line each on the error output. Paths and what
// servers say come from anywhere, and the terminal must not obey them.
#pragma once

#include <ostream>
#include <string_view>

#include "base/utf8.h"

namespace mesh {

inline void complain(std::string_view where, std::string_view what, std::ostream& err) {
  err << "mesh_exporter: " << shown_on_one_line(where) << ": " << shown_on_one_line(what) << "\n";
}

}  // namespace mesh
