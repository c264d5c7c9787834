// Envoy's text /stats: one statistic a line, `name: value`.
//
//   answer    := line*
//   line      := name ": " value "\n"
//   value     := decimal u64 | '"' text '"' | histogram
//                (digits and nothing else: Envoy's counters and gauges are unsigned. "+5", "-1",
//                "1e3", "5 " and more than 64 bits are unreadable)
//   histogram := "No recorded values" | ("P"q"("interval","cumulative")" )* | ("B"le"("…")" )*
//
// A proxy prints the same names in the same order every time, so the reader learns the layout of
// an answer once and afterwards only compares the names and reads the numbers: a changed, new or
// missing line falls back to a look-up by name and is learnt again. Names are kept as slots: dense
// numbers that stay valid until the reader says that it has begun a new numbering (generation()).
// Only so many names are remembered (base/limits.h): names beyond that are read from every answer
// as if for the first time, and have slots above those of the remembered ones, valid for that
// answer.
//
// Nothing here knows what a name means. Never throws (but for memory), never logs; what cannot be
// read is counted and the reading goes on with the next line.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace mesh {

// A value that is not a number: a histogram or a quoted text, as it stands in the body.
struct StatText {
  std::uint32_t slot;
  std::string_view text;  // borrows from the body that was read
};

// What one answer said. Slots index StatsReader::name().
struct StatsAnswer {
  std::vector<std::uint32_t> slots;   // numeric lines in the order of the body
  std::vector<std::uint64_t> values;  // one per slot above
  std::vector<StatText> texts;
  // Exactly the readable names of the previous answer in the same order, numbers and texts alike,
  // and no new numbering: what was derived from its slots still holds.
  bool same_layout = false;
  // The number of the layout: another one whenever `same_layout` is false, never 0. For those who
  // do not see every answer.
  std::uint64_t layout = 0;
  std::uint64_t lines = 0;  // non-empty lines seen
  std::uint64_t unreadable =
      0;  // lines without a value, with a value that is no u64, with NUL, too long
  std::string unreadable_sample;  // the first of them: at most 80 bytes, unprintables as '?'
};

// One per target. Not thread-safe.
class StatsReader {
 public:
  StatsReader();
  ~StatsReader();
  StatsReader(StatsReader&&) noexcept;
  StatsReader& operator=(StatsReader&&) noexcept;

  // Reads a whole body. The answer's vectors are reused storage of `into`; its views live as long
  // as `body`. A name that stands on several lines: the first one counts, the others are
  // unreadable.
  void read(std::string_view body, StatsAnswer& into);

  // The name of a slot of the last answer. Valid until the next read() and, if the slot is not
  // below remembered_count(), no longer than the body.
  std::string_view name(std::uint32_t slot) const;

  // Number of slots in use: all slots are below it.
  std::uint32_t slot_count() const;

  // The slots below it are of names that are remembered, the others of this answer alone.
  std::uint32_t remembered_count() const;

  // Grows when old names were forgotten and slots were numbered anew (so that a target that
  // invents names cannot make us remember them all for ever).
  std::uint64_t generation() const;

 private:
  struct Memory;
  std::unique_ptr<Memory> memory_;
};

// A histogram as printed with ?histogram_buckets=cumulative: `B0.5(0,2) B1(0,5) …` is
// (interval, cumulative) per upper bound in the unit of the source (ms).
struct StatBucket {
  double upper_bound;
  std::uint64_t cumulative;
  bool operator==(const StatBucket&) const = default;
};
// False, with `into` empty, if the text is no such histogram with finite rising bounds
// ("No recorded values" is one: with no bucket).
bool parse_stat_buckets(std::string_view text, std::vector<StatBucket>& into);

}  // namespace mesh
