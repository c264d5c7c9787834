// What control planes tell on their own pages of metrics: the one list, in plane_families.cc, with
// where each fact is from.
//
// A row is a metric of one mesh's control plane and what it means. Most counters have no line
// before they first count: where a row says that what is counted is told at all, its zeros are
// entered, so that the first failure is an increase and not a new series.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "model/series.h"
#include "wire/exposition.h"

namespace mesh {

// What became of a request for a certificate.
inline constexpr std::string_view issued = "issued";
inline constexpr std::string_view refused = "refused";  // who asked was wrong
inline constexpr std::string_view failed = "failed";    // the CA was; or it is not told who was

enum class PlaneMeans : std::uint8_t {
  version,  // a label's value
  build,    // likewise
  proxies,  // connected now, of a version that a label may tell
  memory,   // bytes
  started,  // seconds since 1970
  issuer,   // that it is a CA, and counts what it is asked for
  counter,
};

struct PlaneSample {
  PlaneMeans means = PlaneMeans::counter;
  std::string_view text{};  // of version and build, and the version of proxies; borrows
  double value = 0;         // of a counter in the unit of key.counted
  SeriesKey key{};          // of a counter
};

// Calls `visit` for each row of this mesh (a value of the label `mesh`) that the sample fits.
void read_plane_sample(const Sample& sample, std::string_view mesh,
                       const std::function<void(PlaneSample read)>& visit);

}  // namespace mesh
