// The one table of texts; see name.h.
#include "base/name.h"

#include <functional>
#include <mutex>
#include <unordered_map>

namespace mesh {
namespace {

struct HashText {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const {
    return std::hash<std::string_view>()(text);
  }
};

struct Table {
  std::mutex mutex;
  // Its elements stay where they are; how often each is held.
  std::unordered_map<std::string, std::atomic<std::uint64_t>, HashText, std::equal_to<>> texts;
};

// Never destroyed: names may live in what is destroyed later.
Table& table() {
  static Table* const table = new Table;
  return *table;
}

}  // namespace

Name::Entry* Name::hold(std::string_view text) {
  Table& all = table();
  const std::lock_guard lock(all.mutex);
  auto it = all.texts.find(text);
  if (it == all.texts.end()) it = all.texts.try_emplace(std::string(text), 0).first;
  it->second.fetch_add(1, std::memory_order_relaxed);
  return &*it;
}

// The last one goes under the lock, so that nobody finds a text that is about to be freed.
void Name::drop(Entry* entry) {
  std::uint64_t held = entry->second.load(std::memory_order_relaxed);
  while (held > 1) {
    if (entry->second.compare_exchange_weak(held, held - 1, std::memory_order_acq_rel)) return;
  }
  Table& all = table();
  const std::lock_guard lock(all.mutex);
  if (entry->second.fetch_sub(1, std::memory_order_acq_rel) == 1) {
    all.texts.erase(all.texts.find(entry->first));
  }
}

const std::string& Name::nothing() {
  static const std::string* const empty = new std::string;
  return *empty;
}

}  // namespace mesh
