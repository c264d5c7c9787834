// Who does the work: each endpoint of each upstream with its share of the requests.
#include <string>

#include "expose/endpoint_rows.h"
#include "expose/reports.h"

namespace mesh {

Table endpoints_report(const Page& page, const ReportFilter& filter) {
  Table table{{{"POD", "pod"},
               {"UPSTREAM", "upstream"},
               {"SUBSET", "subset"},
               {"ENDPOINT", "endpoint"},
               {"ENDPOINT POD", "endpoint_pod"},
               {"STATE", "state"},
               {"WEIGHT", "weight", true},
               {"LOCALITY", "locality"},
               {"CONNECTIONS", "connections", true},
               {"OPEN", "requests_active", true},
               {"REQUESTS/S", "requests_per_second", true},
               {"SHARE", "share", true, Shown::percent},
               {"FAILED", "failed_requests", true}},
              {}};
  for (const EndpointRow& row : endpoint_rows(page, filter)) {
    const EndpointReading& endpoint = *row.endpoint;
    Cell rate, share, failed;
    if (row.rate) rate = {*row.rate};
    if (row.share) share = {*row.share};
    if (row.failures) failed = {*row.failures};
    table.rows.push_back({{target_id(row.state->target)},
                          {endpoint.upstream},
                          {endpoint.subset},
                          {endpoint.address},
                          row.pod.empty() ? Cell{} : Cell{row.pod},
                          {std::string(to_string(endpoint.state))},
                          {endpoint.weight},
                          {endpoint.locality},
                          {endpoint.connections_active},
                          endpoint.requests_active ? Cell{*endpoint.requests_active} : Cell{},
                          rate,
                          share,
                          failed});
  }
  return table;
}

}  // namespace mesh
