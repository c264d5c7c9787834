// What is wrong, the worst first: with cause, evidence and remedy, and what was looked at and is
// fine. The same values that `mesh_exporter diagnose` prints.
#include <algorithm>

#include "expose/diagnosis.h"
#include "expose/status/findings_list.h"
#include "expose/status/parts.h"

namespace mesh {
namespace {

constexpr FindingsShown all_findings{200, 200};
constexpr std::size_t most_lines = 200;

void write_list(Html& html, const std::vector<std::string>& lines) {
  const auto list = html.open("ul");
  const std::size_t shown = std::min(lines.size(), most_lines);
  for (std::size_t i = 0; i < shown; ++i) html.element("li", lines[i]);
  if (lines.size() > shown) {
    html.element("li", "and " + std::to_string(lines.size() - shown) + " more");
  }
}

}  // namespace

void write_findings(const Page& page, const ReportFilter& filter, Html& html) {
  const Diagnosis diagnosis = diagnose(page, filter);
  write_findings_list(page, filter, diagnosis, all_findings, html);
  if (!diagnosis.unseen.empty()) {
    html.element("h2", "Could not be seen");
    write_list(html, diagnosis.unseen);
  }
  if (diagnosis.healthy.empty()) return;
  const auto fine = html.open("details");
  {
    const auto summary = html.open("summary");
    html.element("h2",
                 "Looked at, and fine: " + counted(diagnosis.healthy.size(), "thing", "things"));
  }
  write_list(html, diagnosis.healthy);
}

}  // namespace mesh
