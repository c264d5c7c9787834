// The reports: what the agent knows as tables, one file each (report_*.cc) and one visible list.
// Each is a page of the agent, an answer of its API, and a command: /endpoints, /api/v1/endpoints,
// `mesh_exporter endpoints`.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "expose/page.h"
#include "expose/table.h"
#include "model/report_filter.h"

namespace mesh {

// "namespace=shop&pod=a&upstream=users", %-escapes allowed, in any order; "" is no filter. The
// error names the parameter, and what there is: without `by_upstream` no upstream, and `beside`,
// which the caller has taken out.
Result<ReportFilter> parse_report_filter(std::string_view query, bool by_upstream,
                                         std::string_view beside = "");
std::string report_query(const ReportFilter& filter);

struct Report {
  std::string_view name;     // of the page and the command
  std::string_view purpose;  // one line for help texts
  Table (*make)(const Page& page, const ReportFilter& filter);
  bool by_upstream = true;  // whether it knows upstreams, and so may be narrowed to one
};

// What an agent answered at /api/v1/NAME; the error says in what way it is none of that.
Result<Table> parse_answer(const Report& report, std::string_view json);

std::span<const Report> reports();
const Report* find_report(std::string_view name);  // null if there is none

Table methods_report(const Page& page, const ReportFilter& filter);
Table endpoints_report(const Page& page, const ReportFilter& filter);
Table upstreams_report(const Page& page, const ReportFilter& filter);
Table targets_report(const Page& page, const ReportFilter& filter);
Table probes_report(const Page& page, const ReportFilter& filter);

}  // namespace mesh
