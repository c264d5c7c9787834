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

namespace mesh {

// What is shown; an empty word lets everything through.
struct ReportFilter {
  std::string ns, pod;   // exactly these
  std::string upstream;  // this one, or what begins with it and goes on after a dot or a colon

  bool operator==(const ReportFilter&) const = default;
  bool lets(const Target& target) const;
  bool lets_upstream(std::string_view name) const;
};

// "namespace=shop&pod=a&upstream=users", %-escapes allowed, in any order; "" is no filter. The
// error names the parameter.
Result<ReportFilter> parse_report_filter(std::string_view query);
std::string report_query(const ReportFilter& filter);

struct Report {
  std::string_view name;     // of the page and the command
  std::string_view purpose;  // one line for help texts
  Table (*make)(const Page& page, const ReportFilter& filter);
};

// Whether a page of the agent has this path: a report, or one of those that are written by hand
// (certificates, diagnosis, health), their JSON included. "/" and the telemetry path are not asked.
bool is_taken_path(std::string_view path);

std::span<const Report> reports();
const Report* find_report(std::string_view name);  // null if there is none

Table methods_report(const Page& page, const ReportFilter& filter);
Table endpoints_report(const Page& page, const ReportFilter& filter);
Table upstreams_report(const Page& page, const ReportFilter& filter);
Table targets_report(const Page& page, const ReportFilter& filter);

}  // namespace mesh
