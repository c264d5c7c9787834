// The reference of all metrics, docs/metrics.md, as the catalogue tells it. A test holds the file
// against this, so that the documentation cannot drift from the program.
#pragma once

#include <string>

namespace mesh {

// Markdown: the labels, then one table per section.
std::string render_metrics_reference();

}  // namespace mesh
