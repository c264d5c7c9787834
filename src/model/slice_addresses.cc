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
  sorted_.erase(std::unique(sorted_.begin(), sorted_.end(), same), sorted_.end());
  sorted_.shrink_to_fit();
}

const PodName* SliceAddresses::of(std::string_view ip) const {
  const auto ip_of = [](const PodAddress* one) { return std::string_view(one->ip); };
  const auto first = std::ranges::lower_bound(sorted_, ip, {}, ip_of);
  const auto last = std::ranges::upper_bound(sorted_, ip, {}, ip_of);
  return last - first == 1 ? &(*first)->pod : nullptr;
}

}  // namespace mesh
