// The method-level view: who calls what how often, and how that ends.
#include <string>

#include "expose/method_rows.h"
#include "expose/reports.h"

namespace mesh {

Table methods_report(const Page& page, const ReportFilter& filter) {
  Table table{{{"POD", "pod"},
               {"DIRECTION", "direction"},
               {"UPSTREAM", "upstream"},
               {"SERVICE", "grpc_service"},
               {"METHOD", "grpc_method"},
               {"CALLS/S", "calls_per_second", true},
               {"ERRORS", "error_ratio", true, Shown::percent},
               {"NOT OK", "not_ok"}},
              {}};
  for (const MethodRow& row : method_rows(page, filter)) {
    Cell errors;
    if (const auto ratio = row.error_ratio()) errors = {*ratio};
    table.rows.push_back({{target_id(row.state->target)},
                          {std::string(to_string(row.direction))},
                          {row.upstream},
                          {row.service},
                          {row.method},
                          {row.per_second()},
                          errors,
                          {not_ok_words(row)}});
  }
  return table;
}

}  // namespace mesh
