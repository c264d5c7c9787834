// The index holds slots only; a hit is confirmed by hash, length and bytes. The hash takes eight
// bytes a step by a 64×64→128 bit multiplication whose halves are folded together.
#include "wire/name_table.h"

#include <algorithm>
#include <cstring>
#include <random>

namespace mesh {
namespace {

// Of a new block: as much as is stored already, within these.
constexpr std::size_t smallest_block = 4 * 1024, largest_block = 64 * 1024;
constexpr std::size_t first_index_size = 64;

std::uint64_t random_word() {
  std::random_device device;
  return std::uint64_t{device()} << 32 | device();
}

std::uint64_t fold(std::uint64_t a, std::uint64_t b) {
  __extension__ using Wide = unsigned __int128;
  const Wide product = static_cast<Wide>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

std::uint64_t load(const char* from, std::size_t bytes) {
  std::uint64_t word = 0;
  std::memcpy(&word, from, bytes);
  return word;
}

struct Secret {
  std::uint64_t seed = random_word(), key = random_word() | 1;
};
const Secret& secret() {
  static const Secret drawn;
  return drawn;
}

// The part of a hash that is kept.
std::uint32_t upper_half(std::uint64_t hash) { return static_cast<std::uint32_t>(hash >> 32); }

}  // namespace

std::uint64_t NameTable::hash(std::string_view name) {
  const auto [seed, key] = secret();
  std::uint64_t state = seed ^ name.size();
  const char* at = name.data();
  std::size_t left = name.size();
  for (; left >= 16; at += 16, left -= 16) state = fold(load(at, 8) ^ key, load(at + 8, 8) ^ state);
  if (left >= 8) {
    state = fold(load(at, 8) ^ key, state);
    at += 8, left -= 8;
  }
  return fold(load(at, left) ^ state, key);
}

std::uint64_t NameTable::combine(std::uint64_t sofar, std::uint64_t number) {
  return fold(sofar ^ secret().seed, number ^ secret().key);
}

std::string NameTable::short_for(std::string_view name) {
  const std::uint64_t bits = hash(name);
  const auto length = static_cast<std::uint32_t>(name.size());
  std::string stands(sizeof bits + sizeof length, '\0');
  std::memcpy(stands.data(), &bits, sizeof bits);
  std::memcpy(stands.data() + sizeof bits, &length, sizeof length);
  return stands;
}

std::uint32_t NameTable::find(std::string_view name, std::uint64_t hash) const {
  if (index_.empty()) return none;
  const std::uint32_t kept = upper_half(hash);
  const std::size_t mask = index_.size() - 1;
  for (std::size_t at = kept & mask;; at = (at + 1) & mask) {
    const std::uint32_t slot = index_[at];
    if (slot == none) return none;
    const Name& candidate = names_[slot];
    if (candidate.hash == kept && std::string_view(candidate.text, candidate.length) == name) {
      return slot;
    }
  }
}

std::uint32_t NameTable::add(std::string_view name, std::string_view tail, std::uint64_t hash) {
  return borrow({store(name, tail), name.size()}, hash);
}

std::uint32_t NameTable::borrow(std::string_view name, std::uint64_t hash) {
  if (2 * (names_.size() + 1) > index_.size()) grow_index();
  const std::uint32_t slot = size();
  names_.push_back({name.data(), static_cast<std::uint32_t>(name.size()), upper_half(hash)});
  put_into_index(slot);
  return slot;
}

const char* NameTable::store(std::string_view name, std::string_view tail) {
  const std::size_t bytes = name.size() + tail.size();
  if (bytes > free_bytes_) {
    free_bytes_ = std::max(bytes, std::clamp(stored_bytes_, smallest_block, largest_block));
    blocks_.push_back(std::make_unique_for_overwrite<char[]>(free_bytes_));
    free_ = blocks_.back().get();
    stored_bytes_ += free_bytes_;
  }
  char* const stored = free_;
  name.copy(stored, name.size());
  tail.copy(stored + name.size(), tail.size());
  free_ += bytes;
  free_bytes_ -= bytes;
  return stored;
}

void NameTable::grow_index() {
  index_.assign(std::max(first_index_size, 2 * index_.size()), none);
  for (std::uint32_t slot = 0; slot < size(); ++slot) put_into_index(slot);
}

void NameTable::put_into_index(std::uint32_t slot) {
  const std::size_t mask = index_.size() - 1;
  std::size_t at = names_[slot].hash & mask;
  while (index_[at] != none) at = (at + 1) & mask;
  index_[at] = slot;
}

}  // namespace mesh
