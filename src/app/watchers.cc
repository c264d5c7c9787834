// Three watchers side by side; see watchers.h.
#include "app/watchers.h"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <utility>

#include "compute/workload_balance.h"

namespace mesh {
namespace {

// Holds the poller for as long as it polls.
boost::asio::awaitable<void> keep_polling(std::shared_ptr<Poller> poller) {
  co_await poller->run();
}

}  // namespace

Watchers::Watchers(boost::asio::any_io_executor executor, const Config& config)
    : executor_(std::move(executor)),
      poller_(std::make_shared<Poller>(executor_, config)),
      trust_(std::make_shared<TrustStore>(config.certificates.trust)),
      endpoints_(std::make_shared<EndpointWatcher>(executor_, config, trust_)),
      files_(executor_, config.certificates),
      findings_(config.poll.window),
      balance_rules_(balance_rules(config.balance)),
      judged_every_(config.poll.interval),
      certificates_interval_(config.certificates.interval),
      next_judgement_(executor_) {}

void Watchers::start(std::function<void(std::exception_ptr)> ended) {
  boost::asio::co_spawn(executor_, keep_polling(poller_), std::move(ended));
  endpoints_->start();
  files_.start();
  trust_->refresh();
  judge_later();
}

void Watchers::judge_later() {
  next_judgement_.expires_after(judged_every_);
  next_judgement_.async_wait([this](const boost::system::error_code& cancelled) {
    if (cancelled) return;
    trust_->refresh();
    workloads_ = workload_balances(*snapshot(), balance_rules_);
    findings_.enter(*snapshot(), std::chrono::steady_clock::now(),
                    std::chrono::system_clock::now());
    judge_later();
  });
}

void Watchers::watch(const std::vector<Target>& targets) {
  poller_->watch(targets);
  endpoints_->watch(targets);
}

void Watchers::stop() {
  poller_->stop();
  endpoints_->stop();
  files_.stop();
  next_judgement_.cancel();
}

bool Watchers::all_looked() const {
  return poller_->snapshot()->pass.passes > 0 && endpoints_->all_looked() && files_.all_looked();
}

std::shared_ptr<const Snapshot> Watchers::judged_now() const {
  auto judged = std::make_shared<Snapshot>(*snapshot());
  judged->workload_balances = workload_balances(*judged, balance_rules_);
  FindingsBook book{Duration{}};
  book.enter(*judged, std::chrono::steady_clock::now(), std::chrono::system_clock::now());
  judged->held_findings = book.held();
  return judged;
}

std::shared_ptr<const Snapshot> Watchers::snapshot() const {
  auto snapshot = std::make_shared<Snapshot>(*poller_->snapshot());
  snapshot->tls_endpoints = endpoints_->states();
  snapshot->files = files_.files();
  snapshot->workload_balances = workloads_;
  snapshot->shown_files = files_.shown();
  snapshot->trust_bundles = trust_->states();
  snapshot->certificates_interval = certificates_interval_;
  snapshot->held_findings = findings_.held();
  return snapshot;
}

}  // namespace mesh
