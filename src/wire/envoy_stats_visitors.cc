// The digest is of hashes that nobody can foresee: a proxy cannot make two answers look the same.
#include "wire/envoy_stats_visitors.h"

namespace mesh {

void StatsVisitors::begin() {
  names_ = {};
  accepted_ = 0;
  digest_ = 0;
}

std::uint32_t StatsVisitors::number_of(std::string_view name, std::uint64_t hash) {
  const std::uint32_t known = names_.find(name, hash);
  if (known != NameTable::none) return known;
  digest_ = NameTable::combine(digest_, hash);
  return names_.borrow(name, hash);
}

bool StatsVisitors::accept(std::uint32_t visitor, std::size_t place, bool is_number) {
  if (visitor < accepted_) return false;
  ++accepted_;
  digest_ = NameTable::combine(digest_, 2 * place + is_number);
  return true;
}

bool StatsVisitors::end() {
  const bool same = digest_ == last_digest_;
  last_digest_ = digest_;
  return same;
}

}  // namespace mesh
