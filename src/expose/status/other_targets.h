// What else is looked at, below the targets: TLS servers, who was found and is not watched, and
// what cannot be found at all. Each is nothing where there is nothing.
#pragma once

#include "expose/status/pages.h"

namespace mesh {

void write_tls_endpoints(const Page& page, const ReportFilter& filter, Html& html);
void write_not_watched(const Page& page, const ReportFilter& filter, Html& html);
void write_discovery_problems(const Page& page, Html& html);

}  // namespace mesh
