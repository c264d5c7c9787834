// Findings as cards, on the start page and on that of the findings.
#pragma once

#include <cstddef>
#include <string>

#include "expose/diagnosis.h"
#include "expose/status/pages.h"

namespace mesh {

// The first `most`, and where the others are; a sentence if there are none.
void write_findings_list(const Page& page, const ReportFilter& filter, const Diagnosis& diagnosis,
                         std::size_t most, Html& html);

// "2 critical, 1 info"; "nothing is wrong", as far as could be seen.
std::string found_words(const Diagnosis& diagnosis);

}  // namespace mesh
