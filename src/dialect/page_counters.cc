// Samples become series; see page_counters.h.
#include "dialect/page_counters.h"

#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <utility>

#include "base/text.h"
#include "dialect/bound.h"

namespace mesh {
namespace {

void append(const Label& label, std::string& source) {
  source.append("\x1f").append(label.name).append("=").append(label.value);
}

// `name` with all labels but `le`.
std::string without_bound(std::string_view name, const Sample& sample) {
  std::string words(name);
  for (const Label& label : sample.labels) {
    if (label.name != "le") append(label, words);
  }
  return words;
}

}  // namespace

std::string words_of(const Sample& sample) {
  std::array<char, 32> value{};
  const auto end = std::to_chars(value.data(), value.data() + value.size(), sample.value);
  std::string words(sample.name.substr(0, 100));
  return words.append(" ").append(value.data(), end.ptr);
}

void PageCounters::begin() {
  now_ = {};
  ++answers_;
}

bool PageCounters::add(const Sample& sample, SeriesKey key, double value, std::uint32_t scope) {
  if (!fits_counter(value)) return false;
  std::string name = without_bound(sample.name, sample);
  const auto it = names_.find(name);
  const bool is_new = it == names_.end() || it->second.answer != answers_;
  const std::size_t bytes = is_new ? name.size() : 0;
  const bool has_room = now_.series.size() < limits::raw_series_per_target &&
                        now_.bytes + bytes <= limits::raw_series_bytes_per_target;
  if (!has_room && is_new) return false;
  Known& known = it == names_.end() ? names_[std::move(name)] : it->second;
  if (known.number == 0) {
    known.number = ++numbers_;
    names_bytes_ += bytes;
  }
  std::string source = std::to_string(known.number);
  if (const std::string_view bound = sample.label("le"); !bound.empty()) {
    source.append(" ").append(bound);
  }
  if (!has_room) return now_.sources.contains(source);
  known.answer = answers_;
  now_.bytes += bytes;
  if (!now_.sources.insert(source).second) return true;
  now_.series.push_back({std::move(source), scope, std::move(key)});
  now_.values.push_back(static_cast<std::uint64_t>(value));
  return true;
}

std::uint32_t PageCounters::scope_of(std::string_view measurement) {
  const auto next = static_cast<std::uint32_t>(now_.scopes.size() + 1);
  return now_.scopes.emplace(std::string(measurement), next).first->second;
}

std::uint32_t PageCounters::histogram_of(const Sample& sample) {
  return scope_of(without_bound(sample.name.substr(0, sample.name.rfind('_')), sample));
}

bool PageCounters::add_time(const Sample& sample, SeriesKey key) {
  const bool is_sum = sample.name.ends_with("_sum");
  const auto bound = is_sum ? std::optional(0.0) : parse_double(sample.label("le"));
  if (!bound || std::isnan(*bound)) return false;
  if (key.counted == Counted::duration_bucket) {
    if (is_sum) {
      key.counted = Counted::duration_sum_us;
    } else {
      key.detail = bound_in_seconds(*bound);
    }
  }
  const double value = is_sum ? std::round(sample.value * 1000) : sample.value;
  return add(sample, std::move(key), value, histogram_of(sample));
}

CounterBlock PageCounters::end(bool complete) {
  forget_names(complete);
  Answer answer = std::move(now_);
  begin();
  if (answer.series != *last_) {
    last_ = std::make_shared<const std::vector<Series>>(std::move(answer.series));
  }
  return {last_, std::move(answer.values), complete};
}

// What is missing from an answer that is not complete may return as the same source, unless there
// come ever more of them.
void PageCounters::forget_names(bool complete) {
  const bool few = names_.size() <= 2 * limits::raw_series_per_target &&
                   names_bytes_ <= 2 * limits::raw_series_bytes_per_target;
  if (!complete && few) return;
  std::erase_if(names_, [&](const auto& one) { return one.second.answer != answers_; });
  names_bytes_ = now_.bytes;
}

void tell_times(std::size_t times, Readings& readings) {
  if (times <= PageCounters::most_times) {
    readings.heard.push_back("durations");
    return;
  }
  std::string words = "durations: ";
  words.append(std::to_string(times)).append(" series, more than are followed");
  readings.partial.push_back({Reason::too_large, std::move(words)});
}

}  // namespace mesh
