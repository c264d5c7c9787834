// For the tests of StatsReader: an answer as text that stands on its own, `name=value` or
// `name~text` a line, so that a literal body is held against a literal reading.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "wire/envoy_stats.h"

namespace mesh {

struct Reading {
  std::vector<std::string> numbers, texts;
  bool same_layout = false;
  std::uint64_t lines = 0, unreadable = 0;
  std::string sample;
};

inline Reading reading_of(const StatsReader& reader, const StatsAnswer& answer) {
  Reading reading{
      {}, {}, answer.same_layout, answer.lines, answer.unreadable, answer.unreadable_sample};
  for (std::size_t i = 0; i < answer.slots.size(); ++i) {
    reading.numbers.push_back(std::string(reader.name(answer.slots[i])) + "=" +
                              std::to_string(answer.values[i]));
  }
  for (const StatText& text : answer.texts) {
    reading.texts.push_back(std::string(reader.name(text.slot)) + "~" + std::string(text.text));
  }
  return reading;
}

inline Reading read_stats(StatsReader& reader, std::string_view body) {
  StatsAnswer answer;
  reader.read(body, answer);
  return reading_of(reader, answer);
}

// By a reader that never saw anything before.
inline Reading read_stats(std::string_view body) {
  StatsReader reader;
  return read_stats(reader, body);
}

}  // namespace mesh
