// Counters by status and by bucket brought together; see method_rows.h.
#include "expose/method_rows.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <functional>
#include <limits>
#include <set>
#include <string_view>
#include <tuple>
#include <utility>

#include "compute/error_ratio.h"

namespace mesh {
namespace {

using Method = std::tuple<Direction, Name, Name, Name>;  // upstream, service, method

double bound_of(std::string_view detail) {
  double bound = std::numeric_limits<double>::infinity();  // what "+Inf" leaves it at
  std::from_chars(detail.data(), detail.data() + detail.size(), bound);
  return bound;
}

void enter(const SeriesKey& key, std::uint64_t count, const std::vector<std::string>& failures,
           MethodRow& row) {
  switch (key.counted) {
    case Counted::calls:
      row.calls += count;
      if (key.detail != "OK") row.not_ok[key.detail] += count;
      if (std::ranges::find(failures, key.detail.str()) != failures.end()) {
        row.failed += count;
      } else if (is_of_untold_status(key)) {
        row.untold += count;
      }
      break;
    case Counted::duration_bucket: row.took_at_most[bound_of(key.detail.str())] += count; break;
    case Counted::duration_sum_us: row.took_us += count; break;
    default: break;
  }
}

bool is_of_method(Counted counted) {
  return counted == Counted::calls || counted == Counted::duration_bucket ||
         counted == Counted::duration_sum_us;
}

}  // namespace

double MethodRow::per_second() const {
  return static_cast<double>(calls) / state->traffic.window_seconds;
}

std::optional<double> MethodRow::error_ratio() const {
  if (calls == 0 || untold > 0) return std::nullopt;
  return static_cast<double>(failed) / static_cast<double>(calls);
}

std::optional<double> MethodRow::mean_seconds() const {
  if (took_at_most.empty() || took_us == 0) return std::nullopt;
  const std::uint64_t timed = took_at_most.rbegin()->second;
  if (timed == 0) return std::nullopt;
  return static_cast<double>(took_us) / 1e6 / static_cast<double>(timed);
}

std::optional<double> MethodRow::within(double share) const {
  if (took_at_most.empty() || took_at_most.rbegin()->second == 0) return std::nullopt;
  const auto all = static_cast<double>(took_at_most.rbegin()->second);
  for (const auto& [bound, count] : took_at_most) {
    if (static_cast<double>(count) >= share * all && std::isfinite(bound)) return bound;
  }
  return std::nullopt;
}

std::optional<double> MethodRow::not_within(double share) const {
  if (took_at_most.empty() || took_at_most.rbegin()->second == 0 || within(share)) {
    return std::nullopt;
  }
  std::optional<double> last;
  for (const auto& [bound, count] : took_at_most) {
    if (std::isfinite(bound)) last = bound;
  }
  return last;
}

std::vector<MethodRow> method_rows(const Page& page, const ReportFilter& filter) {
  std::vector<MethodRow> rows;
  for (const auto& state : page.snapshot.targets) {
    if (!filter.lets(state->target) || state->traffic.increases.empty()) continue;
    std::map<Method, MethodRow> methods;
    std::set<Method> called;
    for (std::size_t i = 0; i < state->traffic.increases.size(); ++i) {
      const SeriesKey& key = (*state->traffic.keys)[i];
      if (!is_of_method(key.counted) || !filter.lets_upstream(key.upstream)) continue;
      const Method method{key.direction, key.upstream, key.service, key.method};
      MethodRow& row = methods[method];
      enter(key, state->traffic.increases[i], page.options.failure_codes, row);
      if (key.counted == Counted::calls) called.insert(method);
    }
    for (auto& [method, row] : methods) {
      if (!called.contains(method)) continue;  // durations of what is not counted by method
      row.state = state.get();
      std::tie(row.direction, row.upstream, row.service, row.method) = method;
      rows.push_back(std::move(row));
    }
  }
  return rows;
}

std::string not_ok_words(const MethodRow& row) {
  std::vector<std::pair<std::uint64_t, std::string>> codes;
  for (const auto& [code, count] : row.not_ok) {
    if (count > 0) codes.emplace_back(count, code);
  }
  std::ranges::sort(codes, std::ranges::greater());
  std::string words;
  for (std::size_t i = 0; i < std::min<std::size_t>(codes.size(), 3); ++i) {
    words += (i > 0 ? ", " : "") + codes[i].second + " " + std::to_string(codes[i].first);
  }
  return words;
}

}  // namespace mesh
