// Samples become series; see page_counters.h.
#include "dialect/page_counters.h"

#include <array>
#include <charconv>
#include <utility>

#include "base/limits.h"

namespace mesh {
namespace {

void append(const Label& label, std::string& source) {
  source.append("\x1f").append(label.name).append("=").append(label.value);
}

std::string source_of(const Sample& sample) {
  std::string source(sample.name);
  for (const Label& label : sample.labels) append(label, source);
  return source;
}

}  // namespace

std::string words_of(const Sample& sample) {
  std::array<char, 32> value{};
  const auto end = std::to_chars(value.data(), value.data() + value.size(), sample.value);
  std::string words(sample.name.substr(0, 100));
  return words.append(" ").append(value.data(), end.ptr);
}

void PageCounters::begin() { now_ = {}; }

bool PageCounters::add(const Sample& sample, SeriesKey key, double value, std::uint32_t scope) {
  if (!fits_counter(value)) return false;
  std::string source = source_of(sample);
  const bool has_room = now_.series.size() < limits::raw_series_per_target &&
                        now_.bytes + source.size() <= limits::raw_series_bytes_per_target;
  if (!has_room) return now_.sources.contains(source);
  if (!now_.sources.insert(source).second) return true;
  now_.bytes += source.size();
  now_.series.push_back({std::move(source), scope, std::move(key)});
  now_.values.push_back(static_cast<std::uint64_t>(value));
  return true;
}

std::uint32_t PageCounters::scope_of(std::string_view measurement) {
  const auto next = static_cast<std::uint32_t>(now_.scopes.size() + 1);
  return now_.scopes.emplace(std::string(measurement), next).first->second;
}

std::uint32_t PageCounters::histogram_of(const Sample& sample) {
  std::string histogram(sample.name.substr(0, sample.name.rfind('_')));
  for (const Label& label : sample.labels) {
    if (label.name != "le") append(label, histogram);
  }
  return scope_of(histogram);
}

CounterBlock PageCounters::end(bool complete) {
  Answer answer = std::move(now_);
  begin();
  if (answer.series != *last_) {
    last_ = std::make_shared<const std::vector<Series>>(std::move(answer.series));
  }
  return {last_, std::move(answer.values), complete};
}

}  // namespace mesh
