// Keys ↔ entries: gives every SeriesKey a small dense number and finds it again by hash.
//
// A key is most of what a counter costs, so each stands once: what is handed out to snapshots is
// the very vector that is searched, and is copied only if a key must be added to it afterwards.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "model/series.h"

namespace mesh {

// Not thread-safe; what keys() gave may be read on any thread.
class SeriesTable {
 public:
  using Entry = std::uint32_t;
  static constexpr Entry none = UINT32_MAX;

  Entry find(const SeriesKey& key) const;

  // REQUIRES: it is not there yet. Its entry: the number of keys before it.
  Entry add(const SeriesKey& key);

  // Drops all but the entries of which keep[entry] is true; those that stay keep their order.
  void keep_only(const std::vector<bool>& keep);

  // Gives back room that was held for more keys to come.
  void shrink();

  const SeriesKey& operator[](Entry entry) const { return (*keys_)[entry]; }
  Entry size() const { return static_cast<Entry>(keys_->size()); }

  // By entry. Never changes.
  std::shared_ptr<const std::vector<SeriesKey>> keys();

 private:
  std::vector<SeriesKey>& own_keys();
  void index_all();
  void put_into_index(Entry entry);

  std::shared_ptr<std::vector<SeriesKey>> keys_ = std::make_shared<std::vector<SeriesKey>>();
  bool handed_out_ = false;   // keys_, as it is
  std::vector<Entry> index_;  // open addressing; none = free
};

}  // namespace mesh
