// Accumulation of counters; the rules are told in counter_book.h.
#include "compute/counter_book.h"

#include <algorithm>
#include <cassert>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "base/limits.h"

namespace mesh {

CounterBook::CounterBook(const WindowConfig& config, Folder& folder)
    : config_(config), folder_(folder), series_(std::make_shared<const std::vector<Series>>()) {}

void CounterBook::enter(const CounterBlock& answer, std::uint64_t incarnation, Instant at) {
  assert(answer.series->size() == answer.values.size());
  const bool seed = !seeded_;
  const bool restarted = seeded_ && incarnation != incarnation_;
  const bool patch = !answer.complete && !restarted && answer.series != series_;
  CounterBlock block = patch ? with_missing(answer) : answer;
  Previous previous;
  if (block.series == series_ && folder_.preferences() == preferences_) {
    previous.assign(values_.begin(), values_.end());
  } else {
    drop_stale(at);
    previous = learn(block);
  }
  add_increases(block, previous, seed || restarted);
  // Only what was really in the answer was seen.
  for (Index i = 0; i < answer.values.size(); ++i) last_seen_[entry_of_[i]] = at;

  seeded_ = true;
  incarnation_ = incarnation;
  last_at_ = at;
  series_ = std::move(block.series);
  values_ = std::move(block.values);
  keep_checkpoint(at);
}

// The answer, and after it the sources of the last one that it lacks, with the values they had.
// Those that have been missing longest come last: they are forgotten where too many are, for there
// may never be a complete answer, and new sources in each.
CounterBlock CounterBook::with_missing(const CounterBlock& block) const {
  std::unordered_set<std::string_view> there;
  there.reserve(block.series->size());
  std::size_t bytes = 0;
  for (const Series& series : *block.series) {
    there.insert(series.source);
    bytes += series.source.size();
  }
  std::vector<Series> all = *block.series;
  CounterBlock patched{nullptr, block.values, true};
  for (Index i = 0; i < series_->size(); ++i) {
    const std::string& source = (*series_)[i].source;
    if (there.contains(source)) continue;
    bytes += source.size();
    if (all.size() >= limits::raw_series_per_target) break;
    if (bytes > limits::raw_series_bytes_per_target) break;
    all.push_back((*series_)[i]);
    // A scope is a number within one answer; that of the last one may be somebody else's in this.
    all.back().scope = 0;
    patched.values.push_back(values_[i]);
  }
  patched.series = std::make_shared<const std::vector<Series>>(std::move(all));
  return patched;
}

// Finds for each series of a changed answer what it was in the last one.
CounterBook::Previous CounterBook::learn(const CounterBlock& block) {
  std::unordered_map<std::string_view, Index> last;
  last.reserve(series_->size());
  for (Index i = 0; i < series_->size(); ++i) last.emplace((*series_)[i].source, i);

  std::vector<Index> entries;
  entries.reserve(block.series->size());
  Previous previous(block.series->size());
  for (Index i = 0; i < block.series->size(); ++i) {
    const Series& series = (*block.series)[i];
    const auto it = last.find(series.source);
    const bool known = it != last.end();
    if (known) previous[i] = values_[it->second];
    // A name whose meaning changed (its cluster became known) goes on under its new key.
    const bool same_key = known && (*series_)[it->second].key == series.key;
    const bool same = same_key && stays(entry_of_[it->second], series.key);
    entries.push_back(same ? entry_of_[it->second] : entry_for(series.key));
  }
  entry_of_ = std::move(entries);
  preferences_ = folder_.preferences();
  keys_.shrink();
  totals_.shrink_to_fit();
  last_seen_.shrink_to_fit();
  return previous;
}

void CounterBook::add_increases(const CounterBlock& block, const Previous& previous,
                                bool from_nothing) {
  std::unordered_set<std::uint32_t> reset;  // scopes
  for (Index i = 0; i < block.values.size(); ++i) {
    const std::uint32_t scope = (*block.series)[i].scope;
    if (scope != 0 && previous[i] && block.values[i] < *previous[i]) reset.insert(scope);
  }
  for (Index i = 0; i < block.values.size(); ++i) {
    const std::uint64_t value = block.values[i];
    const bool from_zero = from_nothing || !previous[i] || value < *previous[i] ||
                           (!reset.empty() && reset.contains((*block.series)[i].scope));
    totals_[entry_of_[i]] += from_zero ? value : value - *previous[i];
  }
}

// What was folded, and may not be any more, is placed anew: its total so far stays where it is.
bool CounterBook::stays(Index entry, const SeriesKey& key) const {
  return folder_.preferences() == preferences_ || keys_[entry] == key || !folder_.prefers(key);
}

CounterBook::Index CounterBook::entry_for(const SeriesKey& key) {
  // A key that holds its place, or held it, needs no placing; one that lost it asks again.
  Index entry = keys_.find(key);
  if (entry != SeriesTable::none && held_[entry]) return entry;
  const SeriesKey placed = folder_.place(key);
  entry = keys_.find(placed);
  if (entry == SeriesTable::none) {
    entry = keys_.add(placed);
    totals_.push_back(0);
    last_seen_.emplace_back();
    held_.push_back(false);
  }
  if (!held_[entry]) {
    folder_.hold(placed);
    held_[entry] = true;
  }
  return entry;
}

// Gives back the places of entries that no source of the last answer fed and that are stale.
void CounterBook::drop_stale(Instant at) {
  std::vector<bool> fed(keys_.size(), false);
  for (const Index entry : entry_of_) fed[entry] = true;
  for (Index entry = 0; entry < keys_.size(); ++entry) {
    if (held_[entry] && !fed[entry] && at - last_seen_[entry] > config_.stale_after) {
      folder_.drop(keys_[entry]);
      held_[entry] = false;
    }
  }
  const auto held = static_cast<std::size_t>(std::count(held_.begin(), held_.end(), true));
  if (keys_.size() - held > limits::retired_series_per_target) forget_retired();
}

// Renumbers the entries, keeping only those that hold a place.
void CounterBook::forget_retired() {
  std::vector<std::optional<Index>> new_index(keys_.size());
  Index kept = 0;
  for (Index entry = 0; entry < keys_.size(); ++entry) {
    if (!held_[entry]) {
      if (is_call_received(keys_[entry])) received_of_forgotten_ += totals_[entry];
      continue;
    }
    new_index[entry] = kept;
    totals_[kept] = totals_[entry];
    last_seen_[kept] = last_seen_[entry];
    ++kept;
  }
  move_checkpoints(new_index);
  keys_.keep_only(held_);
  totals_.resize(kept);
  last_seen_.resize(kept);
  held_.assign(kept, true);
  for (Index& entry : entry_of_) entry = new_index[entry].value_or(0);
  visible_keys_.reset();
}

// Numbers only shrink and keep their order.
void CounterBook::move_checkpoints(const std::vector<std::optional<Index>>& new_index) {
  for (std::vector<std::uint64_t>* totals : {&window_start_, &last_checkpoint_}) {
    Index kept = 0;
    for (Index entry = 0; entry < totals->size(); ++entry) {
      if (new_index[entry]) (*totals)[kept++] = (*totals)[entry];
    }
    totals->resize(kept);
  }
  for (Checkpoint& checkpoint : checkpoints_) {
    PackedIncreases moved;
    checkpoint.grown.each([&](Index entry, std::uint64_t increase) {
      if (new_index[entry]) moved.add(*new_index[entry], increase);
    });
    moved.shrink();
    checkpoint.grown = std::move(moved);
  }
}

void CounterBook::keep_checkpoint(Instant at) {
  while (!checkpoints_.empty() && at - checkpoints_.front().at > config_.window + config_.slack) {
    checkpoints_.pop_front();
    if (checkpoints_.empty()) break;
    window_start_.resize(last_checkpoint_.size(), 0);
    checkpoints_.front().grown.each(
        [&](Index entry, std::uint64_t increase) { window_start_[entry] += increase; });
    checkpoints_.front().grown = {};
  }
  const Duration spacing = config_.window / static_cast<int>(limits::window_checkpoints);
  if (!checkpoints_.empty() && at - checkpoints_.back().at < spacing) return;
  Checkpoint next{at, {}};
  if (checkpoints_.empty()) {
    window_start_ = totals_;
  } else {
    last_checkpoint_.resize(totals_.size(), 0);
    for (Index entry = 0; entry < totals_.size(); ++entry) {
      const std::uint64_t increase = totals_[entry] - last_checkpoint_[entry];
      if (increase > 0) next.grown.add(entry, increase);
    }
    next.grown.shrink();
  }
  last_checkpoint_ = totals_;
  checkpoints_.push_back(std::move(next));
}

// Those of the entries that are visible: all of them, as a rule.
void CounterBook::choose_visible(Instant now) {
  std::vector<Index> visible;
  visible.reserve(keys_.size());
  for (Index entry = 0; entry < keys_.size(); ++entry) {
    if (now - last_seen_[entry] <= config_.stale_after) visible.push_back(entry);
  }
  if (visible_keys_ && visible == visible_) return;
  visible_ = std::move(visible);
  if (visible_.size() == keys_.size()) {
    visible_keys_ = keys_.keys();
    return;
  }
  std::vector<SeriesKey> keys;
  keys.reserve(visible_.size());
  for (const Index entry : visible_) keys.push_back(keys_[entry]);
  visible_keys_ = std::make_shared<const std::vector<SeriesKey>>(std::move(keys));
}

CounterView CounterBook::view(Instant now) {
  choose_visible(now);
  CounterView view;
  view.keys = visible_keys_;
  view.calls_received = received_of_forgotten_;
  for (Index entry = 0; entry < keys_.size(); ++entry) {
    if (is_call_received(keys_[entry])) view.calls_received += totals_[entry];
  }
  view.totals.reserve(visible_.size());
  for (const Index entry : visible_) view.totals.push_back(totals_[entry]);
  if (!checkpoints_.empty() && checkpoints_.front().at < last_at_) {
    view.window_seconds = seconds(last_at_ - checkpoints_.front().at);
    view.increases.reserve(visible_.size());
    for (const Index entry : visible_) {
      const std::uint64_t before = entry < window_start_.size() ? window_start_[entry] : 0;
      view.increases.push_back(totals_[entry] - before);
    }
  }
  return view;
}

}  // namespace mesh
