// A name that is held many times: an upstream, a method, an endpoint's address. Each text exists
// once in the process, and a Name is a counted pointer to it: 8 bytes, as quick to copy and to
// compare for equality as a number. A sidecar's counters, their history and every snapshot of them
// hold the same few thousand names.
//
// Immutable, and safe to hold, copy and drop on any thread. A text is freed with its last Name.
#pragma once

#include <atomic>
#include <compare>
#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>

namespace mesh {

class Name {
 public:
  Name() = default;  // ""
  Name(std::string_view text) : entry_(text.empty() ? nullptr : hold(text)) {}
  Name(const char* text) : Name(std::string_view(text)) {}
  Name(const std::string& text) : Name(std::string_view(text)) {}
  Name(const Name& other) : entry_(other.entry_) {
    if (entry_) entry_->second.fetch_add(1, std::memory_order_relaxed);
  }
  Name(Name&& other) noexcept : entry_(std::exchange(other.entry_, nullptr)) {}
  Name& operator=(Name other) noexcept {
    std::swap(entry_, other.entry_);
    return *this;
  }
  ~Name() {
    if (entry_) drop(entry_);
  }

  const std::string& str() const { return entry_ ? entry_->first : nothing(); }
  operator const std::string&() const { return str(); }
  operator std::string_view() const { return str(); }
  bool empty() const { return !entry_; }
  void clear() { *this = Name(); }
  // The same for the same text as long as anyone holds it, another one for every other; 0 for "".
  std::uintptr_t identity() const { return reinterpret_cast<std::uintptr_t>(entry_); }

  // Texts are held once: the same text is the same entry.
  friend bool operator==(const Name& a, const Name& b) { return a.entry_ == b.entry_; }
  friend bool operator==(const Name& a, std::string_view b) { return a.str() == b; }
  friend bool operator==(const Name& a, const std::string& b) { return a.str() == b; }
  friend bool operator==(const Name& a, const char* b) { return a.str() == b; }
  // By their texts.
  friend std::strong_ordering operator<=>(const Name& a, const Name& b) {
    if (a.entry_ == b.entry_) return std::strong_ordering::equal;
    return a.str() <=> b.str();
  }
  friend std::string operator+(std::string text, const Name& name) { return text += name.str(); }
  friend std::string operator+(const Name& name, std::string_view text) {
    return std::string(name.str()).append(text);
  }
  friend std::ostream& operator<<(std::ostream& out, const Name& name) { return out << name.str(); }

 private:
  using Entry = std::pair<const std::string, std::atomic<std::uint64_t>>;

  static Entry* hold(std::string_view text);
  static void drop(Entry* entry);
  static const std::string& nothing();

  Entry* entry_ = nullptr;
};

}  // namespace mesh
