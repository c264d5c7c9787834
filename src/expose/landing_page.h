// The page for people, at "/": what this is, where the metrics are, and how each target does.
// Everything a target said is escaped; the page loads nothing from anywhere.
#pragma once

#include <string>

#include "expose/page.h"

namespace mesh {

// HTML in one piece: no scripts, nothing loaded from elsewhere. Targets that are down stand first,
// then those with remarks. No query of an address is shown.
std::string render_landing_page(const Page& page);

}  // namespace mesh
