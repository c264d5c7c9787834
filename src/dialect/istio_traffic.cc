// Two passes over a page; see istio_traffic.h.
#include "dialect/istio_traffic.h"

#include <utility>

#include "dialect/check_answer.h"
#include "dialect/istio_sample.h"
#include "dialect/istio_tcp.h"

namespace mesh {
namespace {

bool is_time(std::string_view name) { return name.starts_with("istio_request_duration_"); }

}  // namespace

void IstioTraffic::begin() {
  accounts_.begin();
  times_ = 0;
  told_ = false;
  ambiguous_ = 0;
  unreadables_ = {};
}

void IstioTraffic::look(const Sample& sample) {
  const IstioSample read = read_istio_sample(sample);
  if (!read.key && !read.security) return;
  told_ = true;
  if (!read.key) return;
  if (is_time(sample.name)) ++times_;
  accounts_.note(Account::istio, *read.key);
}

void IstioTraffic::enter(const Sample& sample, PageCounters& counters) {
  if (auto connections = istio_tcp_key(sample)) {
    if (connections->direction == Direction::outbound && connections->upstream.empty()) {
      ++ambiguous_;
    }
    return count(sample, std::move(*connections), counters);
  }
  IstioSample read = read_istio_sample(sample);
  if (read.security) {
    const std::string name = std::string(sample.name).append(" by security");
    count(Sample{name, sample.labels, sample.value}, std::move(*read.security), counters);
  }
  if (read.key) count(sample, accounts_.judged(Account::istio, std::move(*read.key)), counters);
}

void IstioTraffic::count(const Sample& sample, SeriesKey key, PageCounters& counters) {
  const bool is_of_no_method = key.counted == Counted::calls && key.method.empty();
  const bool timed = is_time(sample.name);
  if (timed && times_ > PageCounters::most_times) return;
  const bool taken = timed ? counters.add_time(sample, std::move(key))
                           : counters.add(sample, std::move(key), sample.value);
  if (!taken) {
    unreadables_.add(words_of(sample));
  } else if (is_of_no_method) {
    ++ambiguous_;
  }
}

void IstioTraffic::tell(Readings& readings) const {
  note_unreadable(unreadables_.count(), unreadables_.sample(), readings);
  readings.ambiguous += ambiguous_;
  if (told_) tell_times(times_, readings);
}

std::string_view istio_release(const Sample& sample, std::string_view component) {
  if (sample.name != "istio_build" || sample.label("component") != component) return {};
  const std::string_view tag = sample.label("tag");
  return tag == "unknown" ? "" : tag;
}

}  // namespace mesh
