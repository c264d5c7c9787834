// Names ↔ slots: gives every distinct name a small dense number and finds it again by hash.
//
// Names are kept in one growing store and never move while the table lives, so that views of them
// stay valid. Forgetting means making a new table. A table that does not outlive the text it was
// made from may borrow its names instead.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace mesh {

class NameTable {
 public:
  static constexpr std::uint32_t none = UINT32_MAX;

  // Looks a name up under its hash.
  std::uint32_t find(std::string_view name, std::uint64_t hash) const;

  // Adds a name that is not there yet and returns its slot: the number of names before it.
  // `tail` is stored right behind the name, where text() shows it.
  std::uint32_t add(std::string_view name, std::string_view tail, std::uint64_t hash);

  // The same without a copy and a tail: the name must live as long as the table.
  std::uint32_t borrow(std::string_view name, std::uint64_t hash);

  std::string_view name(std::uint32_t slot) const {
    return {names_[slot].text, names_[slot].length};
  }
  const char* text(std::uint32_t slot) const { return names_[slot].text; }
  std::uint32_t size() const { return static_cast<std::uint32_t>(names_.size()); }
  std::size_t stored_bytes() const { return stored_bytes_; }

  // Differs from process to process: clients of a proxy can choose names (a gRPC path becomes
  // one), and must not be able to choose them so that all fall into one place of the index.
  static std::uint64_t hash(std::string_view name);

  // Stands for a name in twelve bytes, which a string holds without memory of its own: 64 bits that
  // nobody can choose, and the length. No two names of a target share them by chance.
  static std::string short_for(std::string_view name);

  // A hash of all that was combined so far, in its order, and one number more. Secret like the
  // above.
  static std::uint64_t combine(std::uint64_t sofar, std::uint64_t number);

 private:
  struct Name {
    const char* text;
    std::uint32_t length;
    std::uint32_t hash;
  };

  const char* store(std::string_view name, std::string_view tail);
  void grow_index();
  void put_into_index(std::uint32_t slot);

  std::vector<Name> names_;           // by slot
  std::vector<std::uint32_t> index_;  // open addressing, at most half full; none = free
  std::vector<std::unique_ptr<char[]>> blocks_;
  char* free_ = nullptr;  // the rest of the last block
  std::size_t free_bytes_ = 0;
  std::size_t stored_bytes_ = 0;  // of all blocks
};

}  // namespace mesh
