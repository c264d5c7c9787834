// How the reader stays fast and right.
//
// The layout is the list of readable lines of the previous answer. While the body follows it, a
// line costs one comparison of "name: " and the digits behind it. A line that differs is split and
// its name looked up; where that name stood in the layout tells where the comparison goes on, so a
// vanished, new or moved line costs a look-up and nothing else. Lines that cannot be read (and
// repetitions of a name) are no part of the layout: they may come and go.
//
// A name for which the memory has no room is a visitor (envoy_stats_visitors.h).
//
// A line is split the same way on either path (envoy_stats_line.h), so that what is read never
// depends on what was read before.
#include "wire/envoy_stats.h"

#include <cstring>
#include <optional>

#include "base/limits.h"
#include "base/text.h"
#include "wire/envoy_stats_line.h"
#include "wire/envoy_stats_visitors.h"
#include "wire/name_table.h"

namespace mesh {
namespace {

// A few forgotten names are not worth a new numbering, which costs all users of the slots.
constexpr std::size_t names_worth_forgetting = 1024;

// Of so many remembered names one has vanished: worth a new numbering if there are visitors.
constexpr std::size_t vanished_share_if_crowded = 16;

enum class Kind : std::uint8_t { number, text };

// Reads digits up to the end of a line: the beginning of the next line, or nothing if there is
// anything but digits.
const char* read_number_to_line_end(const char* at, const char* end, std::uint64_t& value) {
  constexpr std::ptrdiff_t digits_that_fit = 19;
  const char* const first = at;
  std::uint64_t sum = 0;
  for (; at != end; ++at) {
    const auto digit = static_cast<unsigned char>(*at - '0');
    if (digit > 9) break;
    sum = sum * 10 + digit;
  }
  if (at == first) return nullptr;
  if (at - first > digits_that_fit) {
    const std::optional<std::uint64_t> whole = parse_u64({first, at});
    if (!whole) return nullptr;
    sum = *whole;
  }
  value = sum;
  if (at != end && *at == '\r') ++at;
  if (at == end) return at;
  return *at == '\n' ? at + 1 : nullptr;
}

// One readable line of the previous answer.
struct Place {
  const char* text;      // "name: "
  std::uint32_t length;  // of the text
  std::uint32_t slot : 31;
  std::uint32_t is_number : 1;
};

// Empties a vector for an answer that is probably like the last one. One that is far larger than
// that one needed is given back.
template <class T>
void make_ready(std::vector<T>& column, std::size_t expected) {
  const std::size_t enough = expected + expected / 4 + names_worth_forgetting;
  if (column.capacity() > enough) column = std::vector<T>();
  column.clear();
  column.reserve(expected);
}

// What is known of a name besides its letters.
struct Trace {
  std::uint64_t last_answer = 0;          // in which it was seen; kept while relearning only
  std::uint32_t place = NameTable::none;  // where it stands in the layout
};

}  // namespace

struct StatsReader::Memory {
  NameTable names;
  StatsVisitors visitors;
  std::vector<Trace> traces;  // by slot
  std::vector<Place> layout;
  std::uint64_t layout_number = 0;
  std::vector<Place> relearnt;  // the layout of this answer, once it differs
  bool relearning = false;
  std::size_t expected = 0;  // the place in the layout where the next line should stand
  std::uint64_t answers = 0;
  std::uint64_t generation = 0;
  Unreadables unreadables;

  bool should_forget() const;
  bool forget_vanished_names();
  bool has_room(std::string_view name) const;
  void read_lines(std::string_view body, StatsAnswer& into);
  void read_line(std::string_view line, StatsAnswer& into);
  bool accept(std::uint32_t slot, Kind kind);
  void begin_relearning();
  bool finish_layout();
  std::uint32_t slot_of(std::string_view name);
};

StatsReader::StatsReader() : memory_(std::make_unique<Memory>()) {}
StatsReader::~StatsReader() = default;
StatsReader::StatsReader(StatsReader&&) noexcept = default;
StatsReader& StatsReader::operator=(StatsReader&&) noexcept = default;

void StatsReader::read(std::string_view body, StatsAnswer& into) {
  Memory& memory = *memory_;
  const std::size_t expected_lines = memory.layout.size() + memory.visitors.size();
  const bool renumbered = memory.forget_vanished_names();
  make_ready(into.slots, expected_lines);
  make_ready(into.values, expected_lines);
  make_ready(into.texts, into.texts.size());
  into.lines = 0;
  memory.visitors.begin();
  memory.unreadables = {};
  memory.relearning = false;
  memory.expected = 0;
  ++memory.answers;

  memory.read_lines(body, into);

  into.same_layout = memory.finish_layout() && !renumbered;
  if (!into.same_layout) ++memory.layout_number;
  into.layout = memory.layout_number;
  into.unreadable = memory.unreadables.count();
  into.unreadable_sample = memory.unreadables.sample();
}

void StatsReader::Memory::read_lines(std::string_view body, StatsAnswer& into) {
  const char* at = body.data();
  const char* const end = at + body.size();
  while (at != end) {
    if (expected < layout.size()) {
      const Place place = layout[expected];
      if (place.is_number && static_cast<std::size_t>(end - at) > place.length &&
          std::memcmp(at, place.text, place.length) == 0) {
        std::uint64_t value = 0;
        const char* const next = read_number_to_line_end(at + place.length, end, value);
        if (next && static_cast<std::size_t>(next - at) <= limits::line_bytes &&
            accept(place.slot, Kind::number)) {
          into.slots.push_back(place.slot);
          into.values.push_back(value);
          ++into.lines;
          at = next;
          continue;
        }
      }
    }
    const auto* const newline =
        static_cast<const char*>(std::memchr(at, '\n', static_cast<std::size_t>(end - at)));
    read_line({at, newline ? newline : end}, into);
    at = newline ? newline + 1 : end;
  }
}

void StatsReader::Memory::read_line(std::string_view line, StatsAnswer& into) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  if (line.empty()) return;
  ++into.lines;
  if (line.size() > limits::line_bytes || line.find('\0') != std::string_view::npos) {
    return unreadables.add(line);
  }
  const std::optional<StatLine> parts = split_stat_line(line);
  if (!parts) return unreadables.add(line);
  const std::optional<std::uint64_t> number = parse_u64(parts->value);
  if (!number && !is_stat_text(parts->value)) return unreadables.add(line);

  const std::uint32_t slot = slot_of(parts->name);
  if (!accept(slot, number ? Kind::number : Kind::text)) return unreadables.add(line);
  if (number) {
    into.slots.push_back(slot);
    into.values.push_back(*number);
  } else {
    into.texts.push_back({slot, parts->value});
  }
}

std::uint32_t StatsReader::Memory::slot_of(std::string_view name) {
  // Texts come this way even in a known layout: spare them the hash.
  if (expected < layout.size()) {
    const std::uint32_t slot = layout[expected].slot;
    if (names.name(slot) == name) return slot;
  }
  const std::uint64_t hash = NameTable::hash(name);
  if (const std::uint32_t slot = names.find(name, hash); slot != NameTable::none) return slot;
  // Once there is a visitor nobody moves in: the visitors' slots begin where the names' end.
  if (visitors.size() == 0 && has_room(name)) {
    traces.emplace_back();
    return names.add(name, stat_separator, hash);
  }
  return names.size() + visitors.number_of(name, hash);
}

bool StatsReader::Memory::has_room(std::string_view name) const {
  return names.size() < limits::stat_names_per_target &&
         names.stored_bytes() + name.size() <= limits::stat_name_bytes_per_target;
}

// Moves the expectation behind a readable line. False if its name stood in this answer before.
bool StatsReader::Memory::accept(std::uint32_t slot, Kind kind) {
  const bool is_number = kind == Kind::number;
  if (slot >= names.size()) {
    const std::size_t place = relearning ? relearnt.size() : expected;
    return visitors.accept(slot - names.size(), place, is_number);
  }
  if (!relearning) {
    if (expected < layout.size() && layout[expected].slot == slot &&
        layout[expected].is_number == is_number) {
      ++expected;
      return true;
    }
    // So far this answer was the layout up to here and nothing else.
    if (traces[slot].place < expected) return false;
    begin_relearning();
  }
  Trace& trace = traces[slot];
  if (trace.last_answer == answers) return false;
  trace.last_answer = answers;
  const auto length = static_cast<std::uint32_t>(names.name(slot).size() + stat_separator.size());
  relearnt.push_back({names.text(slot), length, slot & 0x7FFFFFFF, is_number});
  if (trace.place != NameTable::none) expected = trace.place + 1;
  return true;
}

void StatsReader::Memory::begin_relearning() {
  relearning = true;
  relearnt.assign(layout.begin(), layout.begin() + static_cast<std::ptrdiff_t>(expected));
  for (const Place& place : relearnt) traces[place.slot].last_answer = answers;
}

// True if the answer had the layout of the one before it.
bool StatsReader::Memory::finish_layout() {
  const bool same_visitors = visitors.end();
  if (!relearning && expected == layout.size()) return answers > 1 && same_visitors;
  if (!relearning)
    relearnt.assign(layout.begin(), layout.begin() + static_cast<std::ptrdiff_t>(expected));
  for (const Place& place : layout) traces[place.slot].place = NameTable::none;
  layout.swap(relearnt);
  for (std::uint32_t i = 0; i < layout.size(); ++i) traces[layout[i].slot].place = i;
  return false;
}

bool StatsReader::Memory::should_forget() const {
  const std::size_t vanished = names.size() - layout.size();
  if (visitors.size() > 0 && vanished > names.size() / vanished_share_if_crowded) return true;
  return names.size() > names_worth_forgetting && layout.size() < names.size() / 2;
}

// Keeps the names of the last answer only and numbers them in its order. True if it did.
bool StatsReader::Memory::forget_vanished_names() {
  if (!should_forget()) return false;
  NameTable kept;
  for (Place& place : layout) {
    const std::string_view name = names.name(place.slot);
    place.slot = kept.add(name, stat_separator, NameTable::hash(name)) & 0x7FFFFFFF;
    place.text = kept.text(place.slot);
  }
  names = std::move(kept);
  traces.assign(layout.size(), {});
  traces.shrink_to_fit();
  for (std::uint32_t i = 0; i < layout.size(); ++i) traces[i].place = i;
  relearnt = std::vector<Place>();
  ++generation;
  return true;
}

std::string_view StatsReader::name(std::uint32_t slot) const {
  const std::uint32_t remembered = remembered_count();
  return slot < remembered ? memory_->names.name(slot) : memory_->visitors.name(slot - remembered);
}

std::uint32_t StatsReader::slot_count() const {
  return remembered_count() + memory_->visitors.size();
}

std::uint32_t StatsReader::remembered_count() const { return memory_->names.size(); }

std::uint64_t StatsReader::generation() const { return memory_->generation; }

}  // namespace mesh
