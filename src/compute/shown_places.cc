// One cut through all ends; see shown_places.h.
#include "compute/shown_places.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <utility>

namespace mesh {
namespace {

using std::chrono::sys_seconds;

// The end up to which all fit, and how many of those at that very end.
struct Cut {
  sys_seconds last{};
  std::size_t at_last = 0;
};

Cut cut_after(std::vector<sys_seconds> ends, std::size_t most) {
  if (most == 0) return {sys_seconds::min(), 0};
  const auto last = ends.begin() + static_cast<std::ptrdiff_t>(most - 1);
  std::ranges::nth_element(ends, last);
  const auto before =
      std::count_if(ends.begin(), last, [&](sys_seconds end) { return end < *last; });
  return {*last, most - static_cast<std::size_t>(before)};
}

// Without those behind the cut; null if nothing is left.
std::shared_ptr<const CertificatePlace> trimmed(const std::shared_ptr<const CertificatePlace>& all,
                                                Cut& cut) {
  std::vector<KnownCertificate> kept;
  for (const KnownCertificate& known : all->known) {
    const sys_seconds end = known.in_use.not_after;
    if (end > cut.last || (end == cut.last && cut.at_last == 0)) continue;
    if (end == cut.last) --cut.at_last;
    kept.push_back(known);
  }
  if (kept.size() == all->known.size()) return all;
  if (kept.empty()) return nullptr;
  CertificatePlace some = *all;
  some.known = std::move(kept);
  return std::make_shared<const CertificatePlace>(std::move(some));
}

}  // namespace

ShownPlaces show_places(std::vector<std::shared_ptr<const CertificatePlace>> places,
                        std::size_t most) {
  ShownPlaces shown{std::move(places), 0};
  std::size_t count = 0;
  for (const auto& place : shown.places) count += place->known.size();
  if (count <= most) return shown;
  std::vector<sys_seconds> ends;
  ends.reserve(count);
  for (const auto& place : shown.places) {
    for (const KnownCertificate& known : place->known) ends.push_back(known.in_use.not_after);
  }
  Cut cut = cut_after(std::move(ends), most);
  for (auto& place : shown.places) place = trimmed(place, cut);
  std::erase(shown.places, nullptr);
  shown.left_out = count - most;
  return shown;
}

}  // namespace mesh
