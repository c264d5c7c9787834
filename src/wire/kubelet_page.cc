// Two families in the text of Prometheus; see kubelet_page.h.
#include "wire/kubelet_page.h"

#include <algorithm>
#include <array>

#include "wire/exposition.h"

namespace mesh {
namespace {

struct Family {
  std::string_view name;
  std::optional<std::uint64_t> ContainerUse::*use;
  double factor;  // from the page's unit to ours
};
constexpr std::array families{
    Family{"container_memory_working_set_bytes", &ContainerUse::working_set, 1},
    Family{"container_cpu_usage_seconds_total", &ContainerUse::cpu_us, 1e6},
};

// The first is its name until Kubernetes 1.29.
bool is_trouble(const Sample& sample) {
  const bool tells = sample.name == "scrape_error" || sample.name == "resource_scrape_error";
  return tells && sample.value != 0;
}

// False if it is no number of the kind.
bool enter(const Sample& sample, const Family& family, ContainerUse& use) {
  const double value = sample.value * family.factor;
  if (!fits_counter(value)) return false;
  use.*family.use = static_cast<std::uint64_t>(value + 0.5);
  return true;
}

}  // namespace

KubeletPage read_kubelet_page(std::string_view body, std::map<ContainerKey, ContainerUse>& uses) {
  KubeletPage page;
  const ExpositionReport report = read_exposition(body, [&](const Sample& sample) {
    if (is_trouble(sample)) page.measured = false;
    const auto* family = std::ranges::find(families, sample.name, &Family::name);
    if (family == families.end()) return;
    const ContainerKey key{std::string(sample.label("namespace")), std::string(sample.label("pod")),
                           std::string(sample.label("container"))};
    const auto use = uses.find(key);
    if (use == uses.end() || enter(sample, *family, use->second)) return;
    page.unreadables.add(std::string(sample.name) + " " + std::to_string(sample.value));
  });
  page.samples = report.samples;
  for (std::uint64_t i = 0; i < report.unreadable; ++i)
    page.unreadables.add(report.unreadable_sample);
  return page;
}

}  // namespace mesh
