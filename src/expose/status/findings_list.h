// Findings as cards, on the start page and on that of the findings.
#pragma once

#include <cstddef>
#include <string>

#include "expose/diagnosis.h"
#include "expose/status/pages.h"

namespace mesh {

struct FindingsShown {
  std::size_t most, most_alike;  // in all, and of one finding
};

// The worst of them, what the others are and where; a sentence if there are none.
void write_findings_list(const Page& page, const ReportFilter& filter, const Diagnosis& diagnosis,
                         const FindingsShown& limits, Html& html);

// "2 critical, 1 info"; "nothing is wrong", as far as could be seen and lasts.
std::string found_words(const Diagnosis& diagnosis);

}  // namespace mesh
