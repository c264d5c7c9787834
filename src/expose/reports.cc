// The list, and what is let through; see reports.h.
#include "expose/reports.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "base/quoted.h"
#include "base/text.h"
#include "base/url_encoding.h"

namespace mesh {
namespace {

constexpr std::array all_reports{
    Report{"methods", "gRPC methods with their calls and errors over the window.", methods_report},
    Report{"endpoints", "Endpoints of each upstream with their share of the load.",
           endpoints_report},
    Report{"upstreams", "Upstreams with their balance, connection pools and limits.",
           upstreams_report},
    Report{"targets", "Sidecars that are asked, how that went and what it cost them.",
           targets_report, false},
    Report{"probes", "gRPC servers that are asked for their health, and what each last said.",
           probes_report, false},
};

struct Parameter {
  std::string_view name;
  std::string ReportFilter::*value;
};
constexpr std::array parameters{Parameter{"namespace", &ReportFilter::ns},
                                Parameter{"pod", &ReportFilter::pod},
                                Parameter{"upstream", &ReportFilter::upstream}};

}  // namespace

Result<ReportFilter> parse_report_filter(std::string_view query, bool by_upstream,
                                         std::string_view beside) {
  ReportFilter filter;
  while (!query.empty()) {
    const std::string_view part = take_piece(query, '&');
    const std::string_view name = part.substr(0, part.find('='));
    const auto known = std::ranges::find(parameters, name, &Parameter::name);
    const bool taken = known != parameters.end() && (by_upstream || known->name != "upstream");
    if (!taken || name.size() == part.size()) {
      return Error{"unknown parameter " + in_quotes(part) + "; expected namespace=" +
                   (by_upstream ? ", pod= or upstream=" : " or pod=") + std::string(beside)};
    }
    std::optional<std::string> value = percent_decode(part.substr(name.size() + 1));
    if (!value) return Error{"parameter " + std::string(name) + ": a bad escape"};
    filter.*known->value = std::move(*value);
  }
  return filter;
}

std::string report_query(const ReportFilter& filter) {
  std::string query;
  for (const auto& [name, value] : parameters) {
    if ((filter.*value).empty()) continue;
    query += (query.empty() ? "" : "&") + std::string(name) + "=" + percent_encode(filter.*value);
  }
  return query;
}

Result<Table> parse_answer(const Report& report, std::string_view json) {
  const Snapshot nothing;
  const SelfNumbers self;
  const PageOptions options;
  return parse_table(json, report.make({nothing, self, options}, {}).columns);
}

std::span<const Report> reports() { return all_reports; }

const Report* find_report(std::string_view name) {
  const auto found = std::ranges::find(all_reports, name, &Report::name);
  return found == all_reports.end() ? nullptr : &*found;
}

}  // namespace mesh
