// Counters that go on, gauges that do not; see resource_book.h.
#include "compute/resource_book.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "compute/growth.h"

namespace mesh {
namespace {

// The kernel takes back pages of files that nobody used lately before it refuses anything: the
// kubelet, too, judges by what is left without them.
std::optional<std::uint64_t> working_set_of(const CgroupReading& reading) {
  if (reading.working_set) return reading.working_set;
  if (!reading.memory || !reading.inactive_file) return std::nullopt;
  // The two are read one after the other.
  return *reading.memory - std::min(*reading.memory, *reading.inactive_file);
}

std::optional<double> cpu_limit_of(const CgroupReading& reading) {
  if (!reading.quota_us || !reading.period_us) return std::nullopt;
  return static_cast<double>(*reading.quota_us) / static_cast<double>(*reading.period_us);
}

}  // namespace

void ResourceBook::enter(const CgroupLook& look, Instant at, WallTime wall) {
  looked_ = true;
  last_look_ = at;
  const CgroupReading& reading = look.reading;
  now_.source = look.source;
  now_.error = look.error;
  now_.unreadable = look.unreadable;
  now_.unreadable_sample = look.unreadable_sample;
  now_.working_set = working_set_of(reading);
  now_.memory_limit = reading.memory_limit;
  now_.memory_peak = reading.memory_peak;
  now_.cpu_limit = cpu_limit_of(reading);
  now_.memory_stalled = reading.memory_stalled;
  for (std::size_t i = 0; i < counters_.size(); ++i) {
    if (!reading.counts[i]) continue;
    const std::uint64_t grown = enter(counters_[i], *reading.counts[i], look.source, at);
    if (i == index_of(ResourceCounter::oom_kills) && grown > 0) note_kills(grown, at, wall);
  }
}

std::uint64_t ResourceBook::enter(Counter& counter, const CgroupReading::Count& count,
                                  ResourceSource source, Instant at) {
  const bool seed = !counter.last;
  if (std::exchange(counter.source, source) != source && !seed) counter.last = count;
  const bool same_group = counter.last && counter.last->life == count.life;
  const std::uint64_t grown = growth(same_group ? counter.last->value : 0, count.value);
  counter.last = count;
  counter.total += grown;
  counter.seen = at;
  return seed ? 0 : grown;
}

Duration ResourceBook::shown_for() const {
  if (now_.source == ResourceSource::cgroup) return stale_after_;
  return std::max<Duration>(stale_after_, 4 * kubelet_pace);
}

void ResourceBook::note_kills(std::uint64_t count, Instant at, WallTime wall) {
  now_.last_oom_kill = wall;
  const bool same_minute = !kills_.empty() && at - kills_.back().at < std::chrono::minutes(1);
  if (!same_minute) kills_.push_back({at, 0});
  kills_.back().count += count;
  while (at - kills_.front().at > remembered_) kills_.pop_front();
}

std::optional<SidecarResources> ResourceBook::state(Instant now) const {
  if (!looked_) return std::nullopt;
  const bool kubelet = now_.source == ResourceSource::kubelet;
  if (kubelet && now - last_look_ > shown_for()) return std::nullopt;
  SidecarResources state = now_;
  for (std::size_t i = 0; i < counters_.size(); ++i) {
    const Counter& counter = counters_[i];
    if (counter.last && now - counter.seen <= shown_for()) state.totals[i] = counter.total;
  }
  for (const Kills& kills : kills_) {
    if (now - kills.at <= remembered_) state.recent_oom_kills += kills.count;
  }
  if (state.recent_oom_kills == 0) state.last_oom_kill.reset();
  return state;
}

}  // namespace mesh
