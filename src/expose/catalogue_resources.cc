// See catalogue.h for what a line of it promises.
#include "expose/catalogue_resources.h"

namespace mesh {
namespace {

using enum MetricKind;
constexpr Section section = Section::sidecar;

std::vector<Metric> memory_metrics() {
  return {
      {"mesh_sidecar_memory_bytes",
       gauge,
       section,
       {},
       "Memory in use by the sidecar's control group, without file pages that the kernel would "
       "simply take back (the working set, by which the kubelet judges too). In Kubernetes that is "
       "the container: on Istio Envoy and the agent beside it. Where the kubelet is asked instead "
       "(discovery.kubernetes.kubelet), as it measured it some seconds ago."},
      {"mesh_sidecar_memory_limit_bytes",
       gauge,
       section,
       {},
       "Memory that the control group may use before the kernel kills in it; where the kubelet is "
       "asked instead (discovery.kubernetes.kubelet), the limit of the pod's specification. Absent "
       "where it is unlimited; a limit of a group above it is not told here."},
      {"mesh_sidecar_memory_peak_bytes",
       gauge,
       section,
       {},
       "Most memory that the control group ever used, file pages included; it begins anew with a "
       "restarted container. Version 2 of the kernel's interface tells it since Linux 5.19."},
      {"mesh_sidecar_heap_bytes",
       gauge,
       section,
       {},
       "Memory that the proxy's allocator holds, by the proxy's own account."},
      {"mesh_sidecar_heap_allocated_bytes",
       gauge,
       section,
       {},
       "Memory that the proxy itself uses of mesh_sidecar_heap_bytes."},
      {"mesh_sidecar_oom_kills_total",
       counter,
       section,
       {},
       "Processes of the control group that the kernel killed for want of memory. A kill that "
       "ended "
       "the whole container between two looks is lost with its group."},
      {"mesh_sidecar_memory_stall_seconds_total",
       counter,
       section,
       {"kind"},
       "Time in which tasks of the control group waited for memory: some (at least one of them) or "
       "full (all of them). Absent where the kernel does not measure it (PSI)."},
  };
}

std::vector<Metric> processor_metrics() {
  return {
      {"mesh_sidecar_cpu_seconds_total",
       counter,
       section,
       {},
       "Processor time that the control group used, by the kernel or the kubelet."},
      {"mesh_sidecar_cpu_limit_cores",
       gauge,
       section,
       {},
       "Processors that the control group may use, by its quota. Absent where it is unlimited."},
      {"mesh_sidecar_cpu_throttled_seconds_total",
       counter,
       section,
       {},
       "Time for which tasks of the control group were stopped because its quota was used up, "
       "added "
       "up over processors."},
      {"mesh_sidecar_cpu_periods_total",
       counter,
       section,
       {},
       "Periods of the quota (100 ms each, usually) in which the control group ran."},
      {"mesh_sidecar_cpu_throttled_periods_total",
       counter,
       section,
       {},
       "Those of mesh_sidecar_cpu_periods_total in which it was stopped."},
      {"mesh_sidecar_cpu_stall_seconds_total",
       counter,
       section,
       {},
       "Time in which at least one task of the control group waited for a processor. Absent where "
       "the kernel does not measure it (PSI)."},
  };
}

}  // namespace

const std::vector<Metric>& resource_metrics() {
  static const std::vector<Metric> metrics = [] {
    std::vector<Metric> all = memory_metrics();
    for (const Metric& one : processor_metrics()) all.push_back(one);
    all.push_back({"mesh_sidecar_cgroup_readable",
                   gauge,
                   section,
                   {},
                   "1 if the control group that is configured for the target was there at the last "
                   "look, else 0. Absent where none is configured or found, though the kubelet may "
                   "tell some of it."});
    return all;
  }();
  return metrics;
}

}  // namespace mesh
