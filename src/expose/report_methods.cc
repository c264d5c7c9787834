// The method-level view: who calls what how often, how that ends, and how long it takes. Quantiles
// are told as the bounds of buckets, which is what is known for certain.
#include <optional>
#include <string>

#include "expose/method_rows.h"
#include "expose/reports.h"

namespace mesh {
namespace {

Cell cell_of(const std::optional<double>& number) { return number ? Cell{*number} : Cell{}; }

}  // namespace

Table methods_report(const Page& page, const ReportFilter& filter) {
  Table table{{{"POD", "pod"},
               {"DIRECTION", "direction"},
               {"UPSTREAM", "upstream"},
               {"SERVICE", "grpc_service"},
               {"METHOD", "grpc_method"},
               {"CALLS/S", "calls_per_second", true},
               {"ERRORS", "error_ratio", true, Shown::percent},
               {"MEAN", "mean_seconds", true, Shown::seconds},
               {"P50<=", "p50_at_most_seconds", true, Shown::seconds},
               {"P90<=", "p90_at_most_seconds", true, Shown::seconds},
               {"P99<=", "p99_at_most_seconds", true, Shown::seconds},
               {"NOT OK", "not_ok"}},
              {}};
  for (const MethodRow& row : method_rows(page, filter)) {
    table.rows.push_back({{target_id(row.state->target)},
                          {std::string(to_string(row.direction))},
                          {row.upstream},
                          {row.service},
                          {row.method},
                          {row.per_second()},
                          cell_of(row.error_ratio()),
                          cell_of(row.mean_seconds()),
                          cell_of(row.within(0.5)),
                          cell_of(row.within(0.9)),
                          cell_of(row.within(0.99)),
                          {not_ok_words(row)}});
  }
  return table;
}

}  // namespace mesh
