// The start page: what is wrong comes first, then a sentence on each area, with the way there.
#include <algorithm>

#include "expose/diagnosis.h"
#include "expose/status/findings_list.h"
#include "expose/status/other_targets.h"
#include "expose/status/parts.h"

namespace mesh {
namespace {

// As many as somebody reads before looking at all of them, and so few alike that a thousand
// expiring certificates hide nothing else.
constexpr FindingsShown as_a_start{20, 3};

// What runs is not what somebody wrote, and believes to be running.
void write_refused_reload(const Page& page, const ReportFilter& filter, Html& html) {
  if (page.options.config.successful()) return;
  const auto words = html.open("p", {{"class", "alarm"}});
  html.text(refused_words(page.options.config) + ", which are in the log: ");
  html.element("a", {{"href", address_of(*find_status_page("/config"), filter)}},
               "what was read before");
  html.text(" goes on.");
}

}  // namespace

void write_overview(const Page& page, const ReportFilter& filter, Html& html) {
  write_refused_reload(page, filter, html);
  write_findings_list(page, filter, diagnose(page, filter), as_a_start, html);
  write_discovery_problems(page, html);  // who is not known of cannot be in trouble
  html.element("h2", "Areas");
  const auto list = html.open("ul", {{"class", "areas"}});
  for (const StatusPage& area : status_pages()) {
    if (!area.in_one_line) continue;
    const auto item = html.open("li");
    html.element("a", {{"href", address_of(area, filter)}}, area.title.view());
    html.element("span", area.in_one_line(page, filter));
  }
}

}  // namespace mesh
