// Bookkeeping of the names in use; see fold.h.
#include "compute/fold.h"

#include <algorithm>
#include <utility>

namespace mesh {
namespace {

// A series that names no method (a reset, an aggregate) takes no method's place.
bool names_method(const SeriesKey& key) { return !key.service.empty() || !key.method.empty(); }

template <class Map>
bool has_room(const Map& used, const typename Map::key_type& name, std::size_t limit) {
  return used.contains(name) || used.size() < limit;
}

template <class Map>
void release(Map& used, const typename Map::key_type& name) {
  const auto it = used.find(name);
  if (it != used.end() && --it->second == 0) used.erase(it);
}

}  // namespace

void Folder::prefer(std::shared_ptr<const MethodNames> declared) {
  if (declared == declared_) return;
  declared_ = std::move(declared);
  ++preferences_;
  for (auto& [name, upstream] : upstreams_) {
    Places all = std::move(upstream.declared);
    all.merge(upstream.methods);
    upstream.declared.clear();
    upstream.methods.clear();
    for (const auto& [method, series] : all) {
      const bool known = is_declared(std::get<Direction>(name), method);
      (known ? upstream.declared : upstream.methods).emplace(method, series);
    }
  }
}

bool Folder::has_room_for(const Upstream& upstream, const SeriesKey& key) const {
  const MethodName name{key.service, key.method};
  const std::size_t limit = limits_.methods_per_upstream;
  if (is_declared(key.direction, name)) return has_room(upstream.declared, name, limit);
  const bool keeps_places = declared_ && key.direction == Direction::inbound;
  const std::size_t kept = keeps_places ? std::min(limit, declared_->size()) : 0;
  return has_room(upstream.methods, name, limit - kept);
}

SeriesKey Folder::place(const SeriesKey& key) {
  SeriesKey placed = key;
  bool over = false;
  if (!has_room(upstreams_, upstream_of(key), limits_.upstreams_per_target)) {
    placed.upstream = folded_name;
    placed.subset.clear();
    placed.owner.clear();
    over = true;
  }
  const auto it = upstreams_.find(upstream_of(placed));
  const Upstream unused;
  const Upstream& upstream = it == upstreams_.end() ? unused : it->second;
  if (is_of_endpoint(key.counted)) {
    if (!has_room(upstream.endpoints, key.detail, limits_.endpoints_per_upstream)) {
      placed.detail = folded_name;
      over = true;
    }
  } else if (names_method(key) && !has_room_for(upstream, key)) {
    placed.service = folded_name;
    placed.method = folded_name;
    over = true;
  }
  if (over) ++folded_[static_cast<std::size_t>(key.counted)];
  return placed;
}

void Folder::hold(const SeriesKey& placed) {
  // The upstream "other" is always let in (it holds what has no place), its methods are bounded
  // like anybody's. The method or endpoint "other" takes nobody's place.
  Upstream& upstream = upstreams_[upstream_of(placed)];
  ++upstream.series;
  if (is_of_endpoint(placed.counted)) {
    if (placed.detail != folded_name) ++upstream.endpoints[placed.detail];
  } else if (names_method(placed) && placed.method != folded_name) {
    const MethodName name{placed.service, placed.method};
    ++(is_declared(placed.direction, name) ? upstream.declared : upstream.methods)[name];
  }
}

void Folder::drop(const SeriesKey& placed) {
  const auto it = upstreams_.find(upstream_of(placed));
  if (it == upstreams_.end()) return;
  Upstream& upstream = it->second;
  if (is_of_endpoint(placed.counted)) {
    release(upstream.endpoints, placed.detail);
  } else if (names_method(placed)) {
    const MethodName name{placed.service, placed.method};
    release(is_declared(placed.direction, name) ? upstream.declared : upstream.methods, name);
  }
  if (--upstream.series == 0) upstreams_.erase(it);
}

}  // namespace mesh
