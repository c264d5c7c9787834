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
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "model/series.h"
#include "wire/exposition.h"

namespace mesh {

// "NAME VALUE": how a sample that was refused is told to people.
std::string words_of(const Sample& sample);

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

  // What was added since begin(), in that order. The same series as last time are the same object.
  CounterBlock end(bool complete);

 private:
  struct Answer {
    std::vector<Series> series;
    std::vector<std::uint64_t> values;
    std::size_t bytes = 0;  // of the sources
    std::unordered_set<std::string> sources;
    std::unordered_map<std::string, std::uint32_t> scopes;
  };

  std::shared_ptr<const std::vector<Series>> last_ = std::make_shared<const std::vector<Series>>();
  Answer now_;
};

}  // namespace mesh
