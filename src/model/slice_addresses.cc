// A sorted list of pointers into the slices; see slice_addresses.h.
#include "model/slice_addresses.h"

#include <algorithm>
#include <utility>

namespace mesh {

SliceAddresses::SliceAddresses(Slices slices) : slices_(std::move(slices)) {
  for (const auto& slice : slices_) {
    for (const PodAddress& address : slice->addresses) sorted_.push_back(&address);
  }
  const auto less = [](const auto* a, const auto* b) { return *a < *b; };
  const auto same = [](const auto* a, const auto* b) { return *a == *b; };
  std::ranges::sort(sorted_, less);
  const auto again = std::ranges::unique(sorted_, same);
  sorted_.erase(again.begin(), again.end());
  sorted_.shrink_to_fit();
}

const PodName* SliceAddresses::of(std::string_view ip) const {
  const auto found = std::ranges::equal_range(
      sorted_, ip, {}, [](const PodAddress* one) { return std::string_view(one->ip); });
  return found.size() == 1 ? &found.front()->pod : nullptr;
}

}  // namespace mesh
