// gRPC servers that are asked for their health: who, how, and what each last said.
#include <algorithm>
#include <string>

#include "expose/probe_rows.h"
#include "expose/reports.h"

namespace mesh {
namespace {

Cell seconds_since(WallTime then, WallTime now) {
  return {std::max(0.0, unix_seconds(now) - unix_seconds(then))};
}

}  // namespace

Table probes_report(const Page& page, const ReportFilter& filter) {
  Table table{{{"PROBE", "probe"},
               {"ADDRESS", "address"},
               {"SERVICE", "grpc_service"},
               {"STATUS", "status"},
               {"SINCE", "since_seconds", true, Shown::seconds},
               {"AGE", "age_seconds", true, Shown::seconds},
               {"TOOK", "probe_seconds", true, Shown::seconds},
               {"PROBES", "probes", true},
               {"FAILED", "failed_probes", true},
               {"TLS", "tls"},
               {"SOURCE", "source"},
               {"TROUBLE", "trouble"}},
              {}};
  const WallTime now = page.self.now;
  for (const ProbeRow& row : probe_rows(page, filter)) {
    std::vector<Cell> cells{{qualified(row.whose->ns, std::string(row.name))},
                            {to_string(row.server->address)},
                            {std::string(row.service)}};
    if (row.state) {
      const GrpcHealthState& state = *row.state;
      cells.push_back({std::string(to_string(state.look.status))});
      cells.push_back(seconds_since(state.since, now));
      cells.push_back(seconds_since(state.at, now));
      cells.push_back({seconds(state.look.took)});
      cells.push_back({state.probes});
      cells.push_back({state.failures});
    } else {
      cells.push_back({std::string("not asked yet")});
      cells.resize(9);
    }
    cells.push_back({std::string(row.tls())});
    cells.push_back({std::string(row.source())});
    cells.push_back({row.state ? row.state->look.words : std::string()});
    table.rows.push_back(std::move(cells));
  }
  return table;
}

}  // namespace mesh
