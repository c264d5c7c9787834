// The method-level view: who calls what how often, and how that ends.
#include <algorithm>
#include <map>
#include <string>
#include <tuple>
#include <utility>

#include "expose/reports.h"

namespace mesh {
namespace {

struct Calls {
  std::uint64_t all = 0, failed = 0;
  std::map<std::string, std::uint64_t> by_code;  // those that are not OK
};

// "UNAVAILABLE 12, NOT_FOUND 3": the most frequent first, three of them.
std::string codes_in_words(const Calls& calls) {
  std::vector<std::pair<std::uint64_t, std::string>> codes;
  for (const auto& [code, count] : calls.by_code) {
    if (count > 0) codes.emplace_back(count, code);
  }
  std::ranges::sort(codes, std::ranges::greater());
  std::string words;
  for (std::size_t i = 0; i < std::min<std::size_t>(codes.size(), 3); ++i) {
    words += (i > 0 ? ", " : "") + codes[i].second + " " + std::to_string(codes[i].first);
  }
  return words;
}

using Method = std::tuple<Direction, std::string, std::string, std::string>;

}  // namespace

Table methods_report(const Page& page, const ReportFilter& filter) {
  Table table{{{"POD", "pod"},
               {"DIRECTION", "direction"},
               {"UPSTREAM", "upstream"},
               {"SERVICE", "grpc_service"},
               {"METHOD", "grpc_method"},
               {"CALLS/S", "calls_per_second", true},
               {"ERRORS", "error_ratio", true},
               {"NOT OK", "not_ok"}},
              {}};
  const auto& failures = page.options.failure_codes;
  for (const auto& state : page.snapshot.targets) {
    if (!filter.lets(state->target) || state->traffic.increases.empty()) continue;
    std::map<Method, Calls> methods;
    for (std::size_t i = 0; i < state->traffic.increases.size(); ++i) {
      const SeriesKey& key = (*state->traffic.keys)[i];
      if (key.counted != Counted::calls || !filter.lets_upstream(key.upstream)) continue;
      const std::uint64_t count = state->traffic.increases[i];
      Calls& calls = methods[{key.direction, key.upstream, key.service, key.method}];
      calls.all += count;
      if (key.detail != "OK") calls.by_code[key.detail] += count;
      if (std::ranges::find(failures, key.detail.str()) != failures.end()) calls.failed += count;
    }
    for (const auto& [method, calls] : methods) {
      const auto& [direction, upstream, service, name] = method;
      const auto all = static_cast<double>(calls.all);
      const double ratio = calls.all > 0 ? static_cast<double>(calls.failed) / all : 0;
      Cell errors;
      if (calls.all > 0) errors = {ratio, shown_number(ratio * 100) + "%"};
      table.rows.push_back({{target_id(state->target), ""},
                            {std::string(to_string(direction)), ""},
                            {upstream, ""},
                            {service, ""},
                            {name, ""},
                            {all / state->traffic.window_seconds, ""},
                            errors,
                            {codes_in_words(calls), ""}});
    }
  }
  return table;
}

}  // namespace mesh
