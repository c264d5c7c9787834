// Sections of the start page: what the agent has found, the TLS endpoints, what
// of targets cannot be found, and what of files is not shown.
#pragma once

#include <string>

#include "expose/diagnosis.h"
#include "expose/page.h"

namespace mesh {

// Markup, with everything variable escaped; "" if there is nothing to show. What matters most comes
// first; a long list is cut, and says so.
std::string findings_section(const Page& page, const Diagnosis& diagnosis);
std::string tls_endpoints_section(const Page& page);

// What cannot be found of the targets, and who was found and is not watched.
std::string discovery_section(const Page& page);

// That not all certificates of files are shown, if so.
std::string certificate_files_section(const Page& page);

}  // namespace mesh
