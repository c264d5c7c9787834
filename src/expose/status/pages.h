// The status page: what the agent knows, as people read it in a browser. One file each (page_*.cc)
// and one visible list; docs/adr/0019-status-page.md has the reasons.
//
// Each page is HTML of its own, complete without scripts. Everything variable goes through the
// writer (html.h), so that names out of the mesh are text whatever they are.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "expose/page.h"
#include "expose/status/html.h"
#include "model/report_filter.h"

namespace mesh {

struct StatusPage {
  std::string_view path;  // "/diagnosis"; its text form has the same, its JSON is below /api/v1
  Literal title;
  // What stands in <main> below the title.
  void (*write)(const Page& page, const ReportFilter& filter, Html& html);
  // Its sentence on the start page; null: none.
  std::string (*in_one_line)(const Page& page, const ReportFilter& filter) = nullptr;
  bool by_place = true;     // whether it may be narrowed to a namespace and a pod
  bool by_upstream = true;  // likewise to an upstream
};

std::span<const StatusPage> status_pages();
const StatusPage* find_status_page(std::string_view path);  // null if there is none

// The whole document. `filter` is what its query says.
std::string render_status_page(const StatusPage& which, const Page& page,
                               const ReportFilter& filter);

// What browsers are told beside a page: nothing runs and nothing is loaded but our own, should
// markup get in after all.
inline constexpr std::string_view status_policy =
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

// The pages themselves, and their sentences.
void write_overview(const Page& page, const ReportFilter& filter, Html& html);
void write_findings(const Page& page, const ReportFilter& filter, Html& html);
void write_certificates(const Page& page, const ReportFilter& filter, Html& html);
void write_balance(const Page& page, const ReportFilter& filter, Html& html);
void write_upstreams(const Page& page, const ReportFilter& filter, Html& html);
void write_methods(const Page& page, const ReportFilter& filter, Html& html);
void write_targets(const Page& page, const ReportFilter& filter, Html& html);
void write_probes(const Page& page, const ReportFilter& filter, Html& html);
void write_config(const Page& page, const ReportFilter& filter, Html& html);
std::string certificates_in_one_line(const Page& page, const ReportFilter& filter);
std::string balance_in_one_line(const Page& page, const ReportFilter& filter);
std::string upstreams_in_one_line(const Page& page, const ReportFilter& filter);
std::string methods_in_one_line(const Page& page, const ReportFilter& filter);
std::string targets_in_one_line(const Page& page, const ReportFilter& filter);
std::string probes_in_one_line(const Page& page, const ReportFilter& filter);
std::string config_in_one_line(const Page& page, const ReportFilter& filter);

}  // namespace mesh
