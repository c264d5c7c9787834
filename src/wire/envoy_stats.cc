// How the reader stays fast and right.
//
// The layout is the list of readable lines of the previous answer. While the body follows it, a
// line costs one comparison of "name: " and the digits behind it. A line that differs is split and
// its name looked up; where that name stood in the layout tells where the comparison goes on, so a
// vanished, new or moved line costs a look-up and nothing else. Lines that cannot be read (and
// repetitions of a name) are no part of the layout: they may come and go.
//
// A line is split the same way on either path, so that what is read never depends on what was read
// before: a line that ends in a quote ends its name at the first `: "`, any other one at the last
// ": " (a name may hold a colon: the clients of a proxy choose gRPC paths).
#include "wire/envoy_stats.h"

#include <cstring>
#include <optional>

#include "base/limits.h"
#include "base/text.h"
#include "wire/name_table.h"

namespace mesh {
namespace {

constexpr std::string_view separator = ": ";

// A few forgotten names are not worth a new numbering, which costs all users of the slots.
constexpr std::size_t names_worth_forgetting = 1024;

enum class Kind : std::uint8_t { number, text };

struct SplitLine {
  std::string_view name, value;
};

std::optional<SplitLine> split(std::string_view line) {
  std::size_t at = std::string_view::npos;
  if (line.ends_with('"')) at = line.find(": \"");
  if (at == std::string_view::npos) at = line.rfind(separator);
  if (at == std::string_view::npos || at == 0) return std::nullopt;
  return SplitLine{line.substr(0, at), line.substr(at + separator.size())};
}

// "…", P0(…) …, B0.5(…) … or the words for an empty histogram.
bool is_text(std::string_view value) {
  if (value.size() < 2) return false;
  if (value.front() == '"') return value.back() == '"';
  if (value.front() == 'P' || value.front() == 'B') {
    return value[1] >= '0' && value[1] <= '9' && value.back() == ')';
  }
  return value == "No recorded values";
}

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

// What is known of a name besides its letters.
struct Trace {
  std::uint64_t last_answer = 0;          // in which it was seen; kept while relearning only
  std::uint32_t place = NameTable::none;  // where it stands in the layout
};

}  // namespace

struct StatsReader::Memory {
  NameTable names;
  std::vector<Trace> traces;  // by slot
  std::vector<Place> layout;
  std::vector<Place> relearnt;  // the layout of this answer, once it differs
  bool relearning = false;
  std::size_t expected = 0;  // the place in the layout where the next line should stand
  std::uint64_t answers = 0;
  std::uint64_t generation = 0;
  Unreadables unreadables;

  bool forget_vanished_names();
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
  const bool renumbered = memory.forget_vanished_names();
  into.slots.clear();
  into.values.clear();
  into.texts.clear();
  into.lines = 0;
  into.slots.reserve(memory.layout.size());
  into.values.reserve(memory.layout.size());
  memory.unreadables = {};
  memory.relearning = false;
  memory.expected = 0;
  ++memory.answers;

  memory.read_lines(body, into);

  into.same_layout = memory.finish_layout() && !renumbered;
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
  const std::optional<SplitLine> parts = split(line);
  if (!parts) return unreadables.add(line);
  const std::optional<std::uint64_t> number = parse_u64(parts->value);
  if (!number && !is_text(parts->value)) return unreadables.add(line);

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
  const std::uint32_t hash = NameTable::hash(name);
  std::uint32_t slot = names.find(name, hash);
  if (slot == NameTable::none) {
    slot = names.add(name, separator, hash);
    traces.emplace_back();
  }
  return slot;
}

// Moves the expectation behind a readable line. False if its name stood in this answer before.
bool StatsReader::Memory::accept(std::uint32_t slot, Kind kind) {
  const bool is_number = kind == Kind::number;
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
  const auto length = static_cast<std::uint32_t>(names.name(slot).size() + separator.size());
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
  if (!relearning && expected == layout.size()) return answers > 1;
  if (!relearning)
    relearnt.assign(layout.begin(), layout.begin() + static_cast<std::ptrdiff_t>(expected));
  for (const Place& place : layout) traces[place.slot].place = NameTable::none;
  layout.swap(relearnt);
  for (std::uint32_t i = 0; i < layout.size(); ++i) traces[layout[i].slot].place = i;
  return false;
}

// Keeps the names of the last answer only and numbers them in its order. True if it did.
bool StatsReader::Memory::forget_vanished_names() {
  if (names.size() <= names_worth_forgetting || layout.size() >= names.size() / 2) return false;
  NameTable kept;
  for (Place& place : layout) {
    const std::string_view name = names.name(place.slot);
    place.slot = kept.add(name, separator, NameTable::hash(name)) & 0x7FFFFFFF;
    place.text = kept.text(place.slot);
  }
  names = std::move(kept);
  traces.assign(layout.size(), {});
  traces.shrink_to_fit();
  for (std::uint32_t i = 0; i < layout.size(); ++i) traces[i].place = i;
  relearnt = {};
  ++generation;
  return true;
}

std::string_view StatsReader::name(std::uint32_t slot) const { return memory_->names.name(slot); }

std::uint32_t StatsReader::slot_count() const { return memory_->names.size(); }

std::uint64_t StatsReader::generation() const { return memory_->generation; }

}  // namespace mesh
