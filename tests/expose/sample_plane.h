// A control plane whose own page is read, and a sidecar of its mesh, written down.
#pragma once

#include "expose/sample_page.h"

namespace mesh::sample {

inline SeriesKey plane_key(Counted counted, const char* detail) {
  SeriesKey one;
  one.counted = counted;
  one.detail = detail;
  return one;
}

// One with two proxies that are two versions behind.
inline TargetState istiod() {
  TargetState state = answering("istiod-0");
  state.target.mesh = "istio";
  state.target.ns = "istio-system";
  state.target.workload = "istiod";
  state.plane = PlaneReading{"1.31.0",
                             "1.31.0-abc-Clean",
                             {{"1.31.0", 5}, {"1.29.1", 2}},
                             113'000'000,
                             std::chrono::milliseconds(1'759'990'000'250)};
  state.traffic.keys = keys(
      {plane_key(Counted::issuances, "failed"), plane_key(Counted::issuances, "issued"),
       plane_key(Counted::pushes, "cds"), plane_key(Counted::push_failures, "cds"),
       plane_key(Counted::push_rejections, "cds"), plane_key(Counted::plane_errors, "internal"),
       plane_key(Counted::convergence_bucket, "0.1"),
       plane_key(Counted::convergence_bucket, "+Inf"), plane_key(Counted::convergence_sum_us, "")});
  state.traffic.totals = {1, 7, 40, 2, 3, 4, 5, 6, 1'250'000};
  state.certificates = {certificates()};
  return state;
}

// Beside it, of this version of the mesh.
inline TargetState istio_sidecar(const char* version) {
  TargetState state = answering("frontend-0");
  state.target.mesh = "istio";
  state.proxy = Proxy{"1.40.0", "", "", ProxyState::live, {}, version};
  return state;
}

}  // namespace mesh::sample
