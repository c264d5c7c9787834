// What a report, the diagnosis or the table of certificates shows, as flags of commands and queries
// of pages say it.
#pragma once

#include <string>
#include <string_view>

#include "model/target.h"

namespace mesh {

// An empty word lets everything through.
struct ReportFilter {
  std::string ns, pod;   // exactly these
  std::string upstream;  // this one, or what begins with it and goes on after a dot or a colon

  bool operator==(const ReportFilter&) const = default;
  bool lets(const Target& target) const;
  bool lets_upstream(std::string_view name) const;
};

}  // namespace mesh
