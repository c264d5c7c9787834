// One coroutine a probe that several wait for; see probes_now.h.
#include "app/probes_now.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <exception>
#include <list>
#include <optional>
#include <utility>

#include "app/one_for_all.h"
#include "base/log.h"
#include "grpc/failures.h"
#include "scrape/health_check.h"

namespace mesh {

namespace asio = boost::asio;
using std::chrono::steady_clock;
using Asker = HostTurns::Asker;

struct ProbesNow::Probing {
  Probing(const asio::any_io_executor& executor, Services asked)
      : services(std::move(asked)), done(executor) {}

  Services services;
  std::list<const Waiting*> waiting;
  bool stopped = false;
  HealthStates states;
  std::shared_ptr<WatchedService> asking;  // null between two questions
  Instant asked_at{};
  OneForAll done;

  // By when the last one who is still there wants to know; nothing if there is none.
  std::optional<Instant> latest() const;

  // As it stands. Who has not answered by now has not answered in the time of who is told so.
  ProbedNow told() const {
    ProbedNow now;
    now.states = states;
    if (asking && !stopped) {
      const Duration took = steady_clock::now() - asked_at;
      now.states.push_back(
          asking->after({HealthStatus::unreachable, std::string(no_answer), took}));
    }
    now.not_asked = services.size() - now.states.size();
    now.broken_off = stopped && now.not_asked > 0;
    return now;
  }
};

class ProbesNow::Waiting {
 public:
  Waiting(Probing& probing, Instant latest, std::function<bool()> gone)
      : probing_(probing), latest_(latest), gone_(std::move(gone)) {
    probing_.waiting.push_back(this);
  }
  ~Waiting() { probing_.waiting.remove(this); }
  Waiting(const Waiting&) = delete;
  Waiting& operator=(const Waiting&) = delete;

  Instant latest() const { return latest_; }
  bool is_gone() const { return gone_ && gone_(); }

 private:
  Probing& probing_;
  const Instant latest_;
  const std::function<bool()> gone_;
};

std::optional<Instant> ProbesNow::Probing::latest() const {
  std::optional<Instant> last;
  if (stopped) return last;
  for (const Waiting* one : waiting) {
    if (one->latest() <= last.value_or(steady_clock::now()) || one->is_gone()) continue;
    last = one->latest();
  }
  return last;
}

ProbesNow::ProbesNow(asio::any_io_executor executor) : executor_(std::move(executor)) {}

ProbesNow::~ProbesNow() = default;

asio::awaitable<ProbedNow> ProbesNow::ask(std::shared_ptr<ProbesNow> self, Services services,
                                          Instant latest, std::function<bool()> gone) {
  std::shared_ptr<Probing> probing = self->under_way(services);
  const bool begins = probing == nullptr;
  if (begins) probing = std::make_shared<Probing>(self->executor_, std::move(services));
  const Waiting waiting(*probing, latest, std::move(gone));
  if (begins) self->begin(probing);
  co_await probing->done.wait_for_it(latest);
  co_return probing->told();
}

std::shared_ptr<ProbesNow::Probing> ProbesNow::under_way(const Services& services) const {
  const auto same =
      std::ranges::find_if(under_way_, [&](const auto& one) { return one->services == services; });
  return same == under_way_.end() ? nullptr : *same;
}

void ProbesNow::begin(std::shared_ptr<Probing> probing) {
  under_way_.push_back(probing);
  const std::weak_ptr<ProbesNow> self = weak_from_this();
  asio::co_spawn(executor_, make(probing), [self, probing](std::exception_ptr error) {
    // Our own defect, never the server's doing.
    if (error)
      log(LogLevel::error, "a probe broke off", {{"endpoint", probing->services[0]->place}});
    if (const auto all = self.lock()) std::erase(all->under_way_, probing);
    probing->done.happen();
  });
}

void ProbesNow::stop() {
  for (const std::shared_ptr<Probing>& one : under_way_) {
    one->stopped = true;
    one->done.happen();
  }
}

asio::awaitable<void> ProbesNow::make(std::shared_ptr<Probing> probing) {
  for (const std::shared_ptr<WatchedService>& one : probing->services) {
    const bool doubtful = one->is_away() || one->silent_to_scraper;
    const Asker asker = doubtful ? Asker::outside_doubtful : Asker::outside;
    const std::shared_ptr<HostTurns> turns = one->turns;
    Turn turn;
    bool mine = false;
    std::optional<Instant> latest = probing->latest();
    while (!mine && latest) {  // who joins may have longer
      mine = co_await turns->take(asker, *latest, turn);
      latest = probing->latest();
    }
    if (!mine || !latest) co_return;
    const Instant now = steady_clock::now();
    probing->asked_at = now;
    probing->asking = one;
    const Instant deadline = now + one->probe.timeout;
    HealthLook look = co_await check_health(one->channel, one->service, deadline);
    probing->asking = nullptr;
    one->silent_to_scraper = look.status == HealthStatus::unreachable;
    probing->states.push_back(one->after(std::move(look)));
  }
}

}  // namespace mesh
