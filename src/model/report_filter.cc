// Which words let what through; see report_filter.h.
#include "model/report_filter.h"

namespace mesh {

bool ReportFilter::lets(const Target& target) const {
  return (ns.empty() || ns == target.ns) && (pod.empty() || pod == target.pod);
}

bool ReportFilter::lets_upstream(std::string_view name) const {
  if (upstream.empty() || name == upstream) return true;
  if (!name.starts_with(upstream)) return false;
  return name[upstream.size()] == '.' || name[upstream.size()] == ':';
}

}  // namespace mesh
