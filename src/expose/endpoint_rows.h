// Each endpoint of each upstream with its share of the requests: what the report of the endpoints,
// its JSON and the page about the balance show.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "expose/page.h"
#include "model/report_filter.h"

namespace mesh {

// Borrows from the snapshot.
struct EndpointRow {
  const TargetState* state = nullptr;
  const EndpointReading* endpoint = nullptr;
  std::string pod;              // "shop/users-0" behind the address; "" where that is not known
  std::optional<double> rate;   // requests a second; nothing before there is a window
  std::optional<double> share;  // of the requests of its upstream and subset, from 0 to 1
  std::optional<std::uint64_t> failures;  // of the requests in the window
};

// In the order of the snapshot; outbound ones only.
std::vector<EndpointRow> endpoint_rows(const Page& page, const ReportFilter& filter);

std::string_view to_string(EndpointState state);  // "ready"

}  // namespace mesh
