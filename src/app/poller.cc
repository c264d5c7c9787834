// Passes over the targets; see poller.h.
#include "app/poller.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <optional>
#include <utility>
#include <variant>

#include "app/keep_known.h"
#include "app/read_in_part.h"
#include "app/target_log.h"
#include "base/log.h"
#include "compute/assemble.h"
#include "compute/pace.h"
#include "compute/place.h"
#include "compute/target_history.h"
#include "dialect/dialects.h"
#include "net/wait_until.h"
#include "scrape/cgroup_look.h"
#include "scrape/slots.h"
#include "scrape/target_client.h"

namespace asio = boost::asio;

namespace mesh {
namespace {

using std::chrono::steady_clock;
using std::chrono::system_clock;

// An answer that cannot be read is as dear as one that is too large, if it is as long as this.
constexpr std::uint64_t dear_bytes = 1u << 20;

// How a poll failed, for its pace. A question that failed beside others that did not counts when it
// was dear: the proxy has made an answer that nobody took.
std::optional<Reason> strain_of(const PollOutcome& outcome) {
  if (const auto* failure = std::get_if<Failure>(&outcome.result)) {
    const bool garbage = failure->reason == Reason::parse && outcome.bytes > dear_bytes;
    return garbage ? Reason::too_large : failure->reason;
  }
  const Readings& readings = std::get<Readings>(outcome.result);
  for (const Failure& failure : readings.partial) {
    if (Pace::is_dear(failure.reason) && !is_heard(failure, readings)) return failure.reason;
  }
  return std::nullopt;
}

bool is_hung(const PollOutcome& outcome) {
  const auto* readings = std::get_if<Readings>(&outcome.result);
  return readings && readings->hung;
}

// What is kept and told of a poll has the page's path as people may see it, whoever wrote it there.
void mask(PollOutcome& outcome, const Target& target) {
  if (!target.metrics) return;
  const auto one = [&](std::string& text) { text = masked(std::move(text), *target.metrics); };
  if (auto* failure = std::get_if<Failure>(&outcome.result)) return one(failure->message);
  Readings& readings = std::get<Readings>(outcome.result);
  for (Failure& failure : readings.partial) one(failure.message);
  for (Failure& failure : readings.left_out) one(failure.message);
  one(readings.unreadable_sample);
}

}  // namespace

struct Poller::Watched {
  Watched(const asio::any_io_executor& executor, const Target& its_target, const Config& config)
      : id(target_id(its_target)),
        target(its_target),
        conversation(find_dialect(target.mesh)->open(target, config)),
        client(executor, target, config.cgroup_root),
        history(labelled(target), config),
        log(id, first_door(target)) {}

  std::string id;
  Target target;  // as it was found
  std::unique_ptr<Conversation> conversation;
  TargetClient client;
  TargetHistory history;
  TargetLog log;
  std::shared_ptr<const TargetState> state;  // as last published
  Pace pace;
  int passes_to_rest = 0;
  bool in_flight = false;
  bool gone = false;  // nobody watches it any more
};

Poller::Poller(asio::any_io_executor executor, const Config& config, Recognised recognised)
    : executor_(executor),
      config_(config),
      recognised_(std::move(recognised)),
      slots_(std::make_shared<Slots>(executor, config.poll.parallel)),
      pass_is_over_(executor) {
  publish();
}

Poller::~Poller() = default;

void Poller::watch(std::vector<Target> targets) {
  // Those that are looked at by handshakes only are none of ours.
  std::erase_if(targets, [](const Target& one) { return first_door(one).empty(); });
  const auto make = [this](const Target& target) {
    return std::make_shared<Watched>(executor_, target, config_);
  };
  Kept<Watched> kept = keep_known(std::move(watched_), targets, make);
  watched_ = std::move(kept.all);
  for (const auto& watched : kept.gone) {
    const FoldCounts& folded = watched->history.folded();
    for (std::size_t i = 0; i < folded.size(); ++i) folded_before_[i] += folded[i];
  }
  refresh_states();
  publish();
  if (!running_ || stopping_) return;
  for (const auto& watched : kept.fresh) begin(watched, Duration{});
}

asio::awaitable<void> Poller::run() {
  Instant next = steady_clock::now();
  running_ = true;
  while (!stopping_) {
    co_await pass();
    // A pass that took longer than the interval is followed by the next one on the beat.
    const Instant now = steady_clock::now();
    do next += config_.poll.interval;
    while (next <= now);
    co_await wait_until(executor_, next);
  }
}

asio::awaitable<void> Poller::pass() {
  const Instant started = steady_clock::now();
  const bool first = pass_times_.passes == 0;

  // Who is due: neither still being asked nor resting.
  std::vector<std::shared_ptr<Watched>> due;
  for (const auto& watched : watched_) {
    if (watched->in_flight) continue;
    if (watched->passes_to_rest > 0) {
      --watched->passes_to_rest;
      look_at_resources(*watched);  // costs the proxy nothing, and says why it is slow
      continue;
    }
    due.push_back(watched);
  }

  // Ask them. The first pass is not spread: somebody is waiting for the first numbers.
  for (const auto& watched : due) {
    begin(watched, first ? Duration{} : place_in(config_.poll.interval / 2, watched->id));
  }

  // Wait for them, but not past the beat: who is late finishes on its own.
  pass_is_over_.expires_at(started + config_.poll.interval);
  if (unfinished_ > 0) {
    boost::system::error_code cancelled;
    auto token = asio::redirect_error(asio::use_awaitable, cancelled);
    co_await pass_is_over_.async_wait(token);
  }

  ++pass_times_.passes;
  pass_times_.total = seconds(steady_clock::now() - started);
  pass_times_.scrape = seconds(std::exchange(scrape_time_, {}));
  refresh_states();
  publish();
}

void Poller::begin(const std::shared_ptr<Watched>& watched, Duration offset) {
  watched->in_flight = true;
  ++unfinished_;
  const auto self = shared_from_this();
  asio::co_spawn(executor_, poll(self, watched, offset),
                 [self, watched](std::exception_ptr error) { self->finished(*watched, error); });
}

asio::awaitable<void> Poller::poll(std::shared_ptr<Poller> self, std::shared_ptr<Watched> watched,
                                   Duration offset) {
  if (offset > Duration{}) co_await wait_until(self->executor_, steady_clock::now() + offset);
  co_await self->slots_->take();
  const Slot slot{self->slots_};
  if (self->stopping_ || watched->gone) co_return;
  co_await self->ask(*watched);
}

asio::awaitable<void> Poller::ask(Watched& watched) {
  const Instant deadline = steady_clock::now() + config_.poll.timeout;
  const std::size_t max_bytes = config_.limits.body_bytes;
  PollOutcome outcome = co_await watched.client.poll(*watched.conversation, max_bytes, deadline);
  mask(outcome, watched.target);

  if (watched.gone) co_return;
  const PollCost cost{system_clock::now(), steady_clock::now(), outcome.took, outcome.bytes};
  scrape_time_ += outcome.took;
  look_at_resources(watched);
  const auto* failure = std::get_if<Failure>(&outcome.result);
  if (failure) {
    const Change change = watched.history.record(*failure, cost);
    watched.log.failed(change, *failure);
  } else {
    const Readings& readings = std::get<Readings>(outcome.result);
    if (!readings.recognised.empty()) {
      recognised_(watched.target, readings.recognised);
      co_return;
    }
    const Change change = watched.history.record(readings, cost);
    watched.log.answered(change, readings);
  }
  if (!is_hung(outcome)) {
    watched.pace.enter(outcome.took, config_.poll.timeout, strain_of(outcome));
  }
  watched.passes_to_rest = watched.pace.passes() - 1;
  watched.history.set_pace(config_.poll.interval, watched.pace.passes());
  watched.state = watched.history.state(cost.ended, cost.at);
  publish();
}

void Poller::look_at_resources(Watched& watched) {
  if (watched.target.cgroup.empty()) return;
  const CgroupLook look = look_at_cgroup(config_.cgroup_root, watched.target.cgroup);
  watched.history.record(look, steady_clock::now(), system_clock::now());
  watched.log.looked(look);
}

void Poller::take_looks(const TargetLooks& looks) {
  for (const auto& watched : watched_) {
    const auto look = looks.find(watched->id);
    if (look == looks.end() || !watched->target.cgroup.empty()) continue;
    watched->history.record(look->second, steady_clock::now(), system_clock::now());
  }
  refresh_states();
  publish();
}

void Poller::finished(Watched& watched, std::exception_ptr error) {
  // Our own defect, never the target's doing; the target is asked again in the next pass.
  if (error) log(LogLevel::error, "poll broke off", {{"target", watched.id}});
  watched.in_flight = false;
  if (--unfinished_ == 0) pass_is_over_.cancel();
}

// Time passes for everybody: what was not seen for stale_after leaves the states. And what one
// target declares is known to those that count the calls of the same workload.
void Poller::refresh_states() {
  const Instant now = steady_clock::now();
  const WallTime wall = system_clock::now();
  TargetStates states;
  for (const auto& watched : watched_) {
    watched->state = watched->history.state(now, wall);
    states.push_back(watched->state);
  }
  declared_.enter(states);
  for (const auto& watched : watched_) {
    watched->history.prefer(declared_.of(watched->state->target));
  }
}

void Poller::publish() {
  auto snapshot = std::make_shared<Snapshot>();
  snapshot->at = system_clock::now();
  std::vector<FoldCounts> folds{folded_before_};
  for (const auto& watched : watched_) {
    snapshot->targets.push_back(watched->state);
    folds.push_back(watched->history.folded());
  }
  snapshot->folded = sum_folds(folds);
  snapshot->pass = pass_times_;
  snapshot_ = std::move(snapshot);
}

}  // namespace mesh
