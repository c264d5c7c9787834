// One coroutine a probe that several wait for; see probes_now.h.
#include "app/probes_now.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <exception>
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
  Instant latest{};  // of all who wait
  HealthStates states;
  std::shared_ptr<WatchedService> asking;  // null between two questions
  Instant asked_at{};
  OneForAll done;

  // As it stands. Who has not answered by now has not answered in the time of who is told so.
  ProbedNow told() const {
    ProbedNow now;
    now.states = states;
    if (asking) {
      const Duration took = steady_clock::now() - asked_at;
      now.states.push_back(
          asking->after({HealthStatus::unreachable, std::string(no_answer), took}));
    }
    now.not_asked = services.size() - now.states.size();
    return now;
  }
};

ProbesNow::ProbesNow(asio::any_io_executor executor) : executor_(std::move(executor)) {}

ProbesNow::~ProbesNow() = default;

asio::awaitable<ProbedNow> ProbesNow::ask(std::shared_ptr<ProbesNow> self, Services services,
                                          Instant latest) {
  const std::shared_ptr<Probing> probing = self->join(std::move(services), latest);
  co_await probing->done.wait_for_it(latest);
  co_return probing->told();
}

std::shared_ptr<ProbesNow::Probing> ProbesNow::join(Services services, Instant latest) {
  const auto same =
      std::ranges::find_if(under_way_, [&](const auto& one) { return one->services == services; });
  if (same != under_way_.end()) {
    (*same)->latest = std::max((*same)->latest, latest);
    return *same;
  }
  auto probing = std::make_shared<Probing>(executor_, std::move(services));
  probing->latest = latest;
  under_way_.push_back(probing);
  const std::weak_ptr<ProbesNow> self = weak_from_this();
  asio::co_spawn(executor_, make(probing), [self, probing](std::exception_ptr error) {
    // Our own defect, never the server's doing.
    if (error)
      log(LogLevel::error, "a probe broke off", {{"endpoint", probing->services[0]->place}});
    if (const auto all = self.lock()) std::erase(all->under_way_, probing);
    probing->done.happen();
  });
  return probing;
}

asio::awaitable<void> ProbesNow::make(std::shared_ptr<Probing> probing) {
  for (const std::shared_ptr<WatchedService>& one : probing->services) {
    const bool doubtful = one->is_away() || one->silent_to_scraper;
    const Asker asker = doubtful ? Asker::outside_doubtful : Asker::outside;
    const std::shared_ptr<HostTurns> turns = one->turns;
    Turn turn;
    bool mine = false;
    while (!mine && steady_clock::now() < probing->latest) {  // who joins may have longer
      const Instant latest = probing->latest;
      mine = co_await turns->take(asker, latest, turn);
    }
    const Instant now = steady_clock::now();
    if (!mine || now >= probing->latest) co_return;
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
