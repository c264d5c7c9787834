// The page a scraper reads: all families of the catalogue as text, in the format it asked for.
// A pure function of the snapshot and of the numbers of our own process.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "expose/family_builder.h"
#include "expose/negotiate.h"
#include "expose/page.h"

namespace mesh {

// Hands the page out in pieces: that of a large node has 14 MB.
void render_metrics_page(const Page& page, Format format,
                         const std::function<void(std::string_view text)>& add);

// A part of a family in that form, without what ends a page.
std::string part_text(FamilyPart part, Format format);

// The whole of it.
std::string render_metrics_page(const Page& page, Format format);

}  // namespace mesh
