// The counters of one Prometheus page as a block: what a dialect makes of the samples that it knows
// by name, from answer to answer.
//
//   counters.begin();
//   for each sample that counts something: counters.add(sample, key, value);
//   readings.traffic = counters.end(complete);
//
// A sample's source is its name and all its labels, whatever the key has of them: samples that
// differ in a label that means nothing here (the version of a library, an address) have one key,
// and their increases are added up (model/series.h). Of samples that are the same in everything the
// first counts: pages that were merged repeat some. What is over limits::raw_series_per_target, or
// over the bytes of their names, is refused. Not thread-safe.
//
// Names and labels are long (Istio's: 1 kB) and those of a histogram's buckets differ in `le` only.
// So each is remembered once and has a number, which makes the source; a number is never given
// again, so what left a whole page and returns is another source.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/limits.h"
#include "model/readings.h"
#include "model/series.h"
#include "wire/exposition.h"

namespace mesh {

// "NAME VALUE": how a sample that was refused is told to people.
std::string words_of(const Sample& sample);

// The key of a series that counts what another series tells: shown to nobody.
inline SeriesKey followed_only() {
  SeriesKey key;
  key.counted = Counted::followed;
  return key;
}

class PageCounters {
 public:
  // A new answer.
  void begin();

  // `value` is what the counter stands at, in the unit of key.counted; a fraction is cut off.
  // `scope` as in Series. False: it was not entered, for no counter stands at such a value, or
  // there is no room for it.
  bool add(const Sample& sample, SeriesKey key, double value, std::uint32_t scope = 0);

  // A number for everything that is measured together, the same for the same name in one answer;
  // never 0.
  std::uint32_t scope_of(std::string_view measurement);

  // The same for the histogram that a bucket or a sum belongs to: what it has but `le` and the
  // ending.
  std::uint32_t histogram_of(const Sample& sample);

  // A bucket or the sum of a histogram of milliseconds. `key` is that of its buckets, or of what is
  // followed only. False: as add(), or a bucket without a bound.
  bool add_time(const Sample& sample, SeriesKey key);

  // Series of durations that are followed at most. Where there are more, none is: half a histogram
  // would lie.
  static constexpr std::size_t most_times = limits::raw_series_per_target / 2;

  // What was added since begin(), in that order. The same series as last time are the same object.
  CounterBlock end(bool complete);

 private:
  struct Answer {
    std::vector<Series> series;
    std::vector<std::uint64_t> values;
    std::size_t bytes = 0;  // of the names that are in it
    std::unordered_set<std::string> sources;
    std::unordered_map<std::string, std::uint32_t> scopes;
  };
  struct Known {
    std::uint64_t number = 0;
    std::uint64_t answer = 0;  // the last that had it
  };

  void forget_names(bool complete);

  std::shared_ptr<const std::vector<Series>> last_ = std::make_shared<const std::vector<Series>>();
  std::unordered_map<std::string, Known> names_;  // with labels, but for `le`
  std::size_t names_bytes_ = 0;
  std::uint64_t numbers_ = 0, answers_ = 0;
  Answer now_;
};

// Whether the durations of an answer with so many series of them were followed, for people.
void tell_times(std::size_t times, Readings& readings);

}  // namespace mesh
