// gzip (RFC 1952) of a whole page: a metrics page shrinks to about a twentieth, and every scraper
// of note accepts it.
#pragma once

#include <string>
#include <string_view>

namespace mesh {

// Fast rather than small: a page is names repeated over and over, which every level shortens to a
// few percent, and the processor time is taken from the node's workloads.
std::string gzip(std::string_view plain);

}  // namespace mesh
