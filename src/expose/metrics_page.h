// The page a scraper reads: all families of the catalogue as text, in the format it asked for.
// A pure function of the snapshot and of the numbers of our own process.
#pragma once

#include <string>

#include "expose/negotiate.h"
#include "expose/page.h"

namespace mesh {

std::string render_metrics_page(const Page& page, Format format);

}  // namespace mesh
