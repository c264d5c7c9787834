// One endless conversation per service; see probe_watcher.h.
#include "app/probe_watcher.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <cstdint>
#include <exception>
#include <functional>
#include <utility>

#include "base/limits.h"
#include "base/log.h"
#include "compute/place.h"
#include "grpc/call.h"
#include "net/wait_until.h"
#include "scrape/health_check.h"
#include "scrape/probe_grid.h"
#include "wire/grpc_health.h"

namespace mesh {
namespace {

namespace asio = boost::asio;
using std::chrono::steady_clock;
using Asker = HostTurns::Asker;

constexpr Instant no_end = Instant::max();

// What a first connection takes of the processor, and then some: a thousand of them at once would
// each keep the memory that dialling takes, and come late.
constexpr std::chrono::milliseconds for_a_first_look{5};

// Between two words of a server that speaks of itself: one that never stops is heard ten times a
// second.
constexpr std::chrono::milliseconds between_words{100};

}  // namespace

ProbeWatcher::ProbeWatcher(asio::any_io_executor executor, Duration scraper_waits)
    : executor_(std::move(executor)),
      scraper_waits_(scraper_waits),
      now_(std::make_shared<ProbesNow>(executor_)) {}

ProbeWatcher::~ProbeWatcher() = default;

std::shared_ptr<HostTurns> ProbeWatcher::turns_at(const Address& address) {
  std::erase_if(turns_, [](const auto& one) { return one.second.expired(); });
  std::weak_ptr<HostTurns>& known = turns_[host_of(address)];
  auto turns = known.lock();
  if (!turns) known = turns = std::make_shared<HostTurns>(executor_);
  return turns;
}

void ProbeWatcher::spawn(const std::string& place, asio::awaitable<void> endless) {
  asio::co_spawn(executor_, std::move(endless), [place](std::exception_ptr error) {
    // Our own defect, never the server's doing.
    if (error) log(LogLevel::error, "probing broke off", {{"endpoint", place}});
  });
}

std::shared_ptr<WatchedService> ProbeWatcher::make(const GrpcProbe& probe,
                                                   const std::string& service, Duration spread) {
  auto watched = std::make_shared<WatchedService>();
  watched->probe = probe;
  watched->service = service;
  watched->place = target_id(probe.whose) + " " + probe.name + " " + service;
  watched->first_after = place_in(std::min<Duration>(spread, probe.interval / 2), watched->place);
  watched->channel = grpc_channel(executor_, probe.server);
  watched->turns = turns_at(probe.server.address);
  spawn(watched->place, keep_asking(shared_from_this(), watched));
  return watched;
}

void ProbeWatcher::watch(const std::vector<GrpcProbe>& probes) {
  std::map<std::string, std::shared_ptr<WatchedService>> before;
  for (auto& one : watched_) {
    std::string place = one->place;
    before.emplace(std::move(place), std::move(one));
  }
  watched_.clear();
  std::size_t services = 0;
  for (const GrpcProbe& probe : probes) services += probe.services.size();
  for (const GrpcProbe& probe : probes) {
    for (const std::string& service : probe.services) {
      const std::string place = target_id(probe.whose) + " " + probe.name + " " + service;
      const auto known = before.find(place);
      if (known != before.end() && known->second->probe == probe) {
        watched_.push_back(std::move(known->second));
        before.erase(known);
      } else {
        watched_.push_back(make(probe, service, services * for_a_first_look));
        if (known != before.end() && known->second->is_counted_with(probe)) {
          watched_.back()->state = known->second->known_at(steady_clock::now());
        }
      }
    }
  }
  for (auto& [place, one] : before) one->leave();
}

asio::awaitable<void> ProbeWatcher::keep_asking(std::shared_ptr<ProbeWatcher> self,
                                                std::shared_ptr<WatchedService> watched) {
  const Duration interval = watched->probe.interval;
  const Instant began = steady_clock::now();
  Instant next = began + place_in(interval, watched->place);
  const Instant first = began + watched->first_after;
  co_await wait_until(self->executor_, first);
  while (!watched->gone) {
    const Asker asker = watched->is_away() ? Asker::doubtful : Asker::usual;
    const Instant now = steady_clock::now();
    while (next <= now) next += interval;
    watched->next_turn = next;
    watched->was_away = watched->is_away();
    HealthLook look = co_await look_at(watched, asker);
    if (watched->gone) co_return;
    const std::uint64_t missed = watched->missed_by(steady_clock::now());
    watched->enter(watched->after(std::move(look), missed));
    watched->next_turn.reset();
    watched->was_away = false;
    next += missed * interval;
    self->listen_to(watched);
    if (interval > limits::grpc_idle && !watched->words) rest(*watched->channel);
    const Instant due = on_probe_grid(next);
    co_await wait_until(self->executor_, due);
    if (watched->gone) co_return;
  }
}

// Where its connection is dead nothing would ever be heard.
void ProbeWatcher::listen_to(const std::shared_ptr<WatchedService>& watched) {
  const HealthStatus status = watched->state->look.status;
  if (status == HealthStatus::unreachable || status == HealthStatus::not_asked) {
    if (watched->words) watched->words->cancel();
    watched->has_words = true;  // who answers next may be another
    return;
  }
  const bool has_health = status != HealthStatus::unimplemented && status != HealthStatus::failed;
  if (!watched->probe.watch || watched->words || !watched->has_words || !has_health) return;
  watched->words = watch_health(executor_, watched->channel, watched->service);
  spawn(watched->place, keep_listening(shared_from_this(), watched));
}

asio::awaitable<void> ProbeWatcher::keep_listening(std::shared_ptr<ProbeWatcher> self,
                                                   std::shared_ptr<WatchedService> watched) {
  const std::shared_ptr<GrpcStream> words = watched->words;
  while (true) {
    const std::optional<std::string> word = co_await words->next();
    if (watched->gone) co_return;
    if (!word) break;
    const auto status = parse_health_check_response(*word);
    const HealthLook& known = watched->state->look;
    if (status && *status != known.status) {
      watched->enter(watched->showing({*status, "", known.took}));
    }
    const Instant next = steady_clock::now() + between_words;
    co_await wait_until(self->executor_, next);
  }
  watched->words = nullptr;
  watched->has_words = !words->end() || words->end()->code != "UNIMPLEMENTED";
  if (!watched->has_words || watched->is_away()) co_return;
  HealthLook look = co_await look_at(watched, Asker::usual);
  if (!watched->gone) watched->enter(watched->showing(std::move(look)));
}

asio::awaitable<HealthLook> ProbeWatcher::look_at(std::shared_ptr<WatchedService> watched,
                                                  Asker asker) {
  const std::shared_ptr<HostTurns> turns = watched->turns;
  Turn turn;
  co_await turns->take(asker, no_end, turn);
  const Instant deadline = steady_clock::now() + watched->probe.timeout;
  HealthLook look = co_await check_health(watched->channel, watched->service, deadline);
  co_return look;
}

std::optional<asio::awaitable<ProbedNow>> ProbeWatcher::probe_now(const std::string& name,
                                                                  Instant latest,
                                                                  std::function<bool()> gone) {
  std::vector<std::shared_ptr<WatchedService>> found;
  for (const auto& one : watched_) {
    if (qualified(one->probe.whose.ns, one->probe.name) == name) found.push_back(one);
  }
  if (found.empty()) return std::nullopt;
  const Instant now = steady_clock::now();
  const Duration timeout = found[0]->probe.timeout;
  if (latest == no_end) {
    latest = now + timeout + scraper_waits_;
  } else if (latest <= now) {
    latest = now + timeout;
  }
  return ProbesNow::ask(now_, std::move(found), latest, std::move(gone));
}

void ProbeWatcher::stop() {
  now_->stop();
  for (const auto& one : watched_) one->leave();
  watched_.clear();
}

bool ProbeWatcher::all_looked() const {
  return std::ranges::all_of(watched_, [](const auto& one) { return one->state != nullptr; });
}

HealthStates ProbeWatcher::states() const {
  HealthStates states;
  const Instant now = steady_clock::now();
  for (const auto& one : watched_) {
    if (one->state) states.push_back(one->known_at(now));
  }
  return states;
}

std::vector<UnaskedProbe> ProbeWatcher::unasked() const {
  std::vector<UnaskedProbe> unasked;
  for (const auto& one : watched_) {
    if (one->state) continue;
    UnaskedProbe probe{one->probe.whose, one->probe.name};
    // Services of one probe stand together.
    if (unasked.empty() || unasked.back() != probe) unasked.push_back(std::move(probe));
  }
  return unasked;
}

}  // namespace mesh
