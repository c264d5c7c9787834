// The method-level view: who calls what how often, how that ends and how long it takes. What the
// report of the methods, its JSON and its page show.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "expose/page.h"
#include "model/report_filter.h"
#include "model/series.h"

namespace mesh {

// Borrows from the snapshot. Numbers are of the window.
struct MethodRow {
  const TargetState* state = nullptr;
  Direction direction = Direction::outbound;
  std::string upstream, service, method;
  std::uint64_t calls = 0, failed = 0;
  std::uint64_t untold = 0;                     // not OK, and whether that is a failure is not told
  std::map<std::string, std::uint64_t> not_ok;  // by status

  // Of calls whose duration is told, by upper bound in seconds, cumulative as they are told.
  std::map<double, std::uint64_t> took_at_most;
  std::uint64_t took_us = 0;  // all of them together

  double per_second() const;
  std::optional<double> error_ratio() const;   // nothing without calls, or with untold ones
  std::optional<double> mean_seconds() const;  // nothing where durations are not told
  // Within what so many of them ended: the upper bound of the bucket, in seconds, so never too
  // small. Nothing where durations are not told, or it is beyond the last bound.
  std::optional<double> within(double share) const;
  // The last bound, if so many did not end within it.
  std::optional<double> not_within(double share) const;
};

// Of each target by direction, upstream, service and method.
std::vector<MethodRow> method_rows(const Page& page, const ReportFilter& filter);

// "UNAVAILABLE 12, NOT_FOUND 3": the most frequent first, three of them.
std::string not_ok_words(const MethodRow& row);

}  // namespace mesh
