// The index holds entries only; a hit is confirmed by the key itself. Names are held once, so that
// the address of each stands for it in the hash, which nobody outside can choose.
#include "compute/series_table.h"

#include <bit>
#include <utility>

namespace mesh {
namespace {

// At most three of four places are taken.
std::size_t places_for(std::size_t keys) { return std::bit_ceil(keys + keys / 3 + 2); }
bool is_crowded(std::size_t keys, std::size_t places) { return 4 * keys > 3 * places; }

std::size_t hash(const SeriesKey& key) {
  constexpr std::uint64_t odd = 0x9E3779B97F4A7C15;  // 2^64 divided by the golden ratio
  std::uint64_t sofar =
      static_cast<std::uint64_t>(key.counted) << 8 | static_cast<std::uint64_t>(key.direction);
  for (const Name* name :
       {&key.upstream, &key.subset, &key.service, &key.method, &key.detail, &key.owner}) {
    sofar = (std::rotl(sofar, 5) ^ name->identity()) * odd;
  }
  return sofar >> 32;
}

}  // namespace

SeriesTable::Entry SeriesTable::find(const SeriesKey& key) const {
  if (index_.empty()) return none;
  const std::size_t mask = index_.size() - 1;
  for (std::size_t at = hash(key) & mask;; at = (at + 1) & mask) {
    const Entry entry = index_[at];
    if (entry == none || (*keys_)[entry] == key) return entry;
  }
}

SeriesTable::Entry SeriesTable::add(const SeriesKey& key) {
  const Entry entry = size();
  own_keys().push_back(key);
  if (is_crowded(keys_->size(), index_.size())) {
    index_all();
  } else {
    put_into_index(entry);
  }
  return entry;
}

void SeriesTable::keep_only(const std::vector<bool>& keep) {
  std::vector<SeriesKey>& keys = own_keys();
  std::size_t kept = 0;
  for (std::size_t entry = 0; entry < keys.size(); ++entry) {
    if (!keep[entry]) continue;
    if (kept != entry) keys[kept] = std::move(keys[entry]);
    ++kept;
  }
  keys.resize(kept);
  index_all();
}

void SeriesTable::shrink() {
  if (keys_->capacity() > keys_->size()) own_keys().shrink_to_fit();
}

std::shared_ptr<const std::vector<SeriesKey>> SeriesTable::keys() {
  handed_out_ = true;
  return keys_;
}

// To be changed: nobody else sees it.
std::vector<SeriesKey>& SeriesTable::own_keys() {
  if (std::exchange(handed_out_, false)) keys_ = std::make_shared<std::vector<SeriesKey>>(*keys_);
  return *keys_;
}

void SeriesTable::index_all() {
  index_.assign(places_for(keys_->size()), none);
  for (Entry entry = 0; entry < size(); ++entry) put_into_index(entry);
}

void SeriesTable::put_into_index(Entry entry) {
  const std::size_t mask = index_.size() - 1;
  std::size_t at = hash((*keys_)[entry]) & mask;
  while (index_[at] != none) at = (at + 1) & mask;
  index_[at] = entry;
}

}  // namespace mesh
