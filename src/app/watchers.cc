// Five watchers side by side; see watchers.h.
#include "app/watchers.h"

#include <algorithm>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <utility>

#include "app/config_context.h"
#include "base/log.h"
#include "compute/balance.h"
#include "compute/workload_balance.h"

namespace mesh {
namespace {

// Holds the poller for as long as it polls.
boost::asio::awaitable<void> keep_polling(std::shared_ptr<Poller> poller) {
  co_await poller->run();
}

void log_passed_over(const std::vector<PassedOver>& now, const std::vector<PassedOver>& before) {
  for (const PassedOver& one : now) {
    if (std::ranges::find(before, one) != before.end()) continue;
    log(LogLevel::warn, "annotation is passed over",
        {{"pod", one.pod}, {"annotation", one.annotation}, {"error", one.why}});
  }
}

// Why targets may be missing.
std::set<std::string> missing_for(const DiscoveryState& state,
                                  const std::vector<PassedOver>& passed_over) {
  std::set<std::string> all(state.problems.begin(), state.problems.end());
  for (const PassedOver& one : passed_over) all.erase(one.words());
  return all;
}

// What discovery says, and which annotations it passed over.
struct Told {
  const std::vector<DiscoveryState>& sources;
  const std::vector<PassedOver>& passed_over;
};

// A line for each problem that is new, and one when a source has none any more.
void log_discovery(const Told& now, const Told& before) {
  log_passed_over(now.passed_over, before.passed_over);
  for (const DiscoveryState& state : now.sources) {
    const std::string& source = state.source;
    const auto same = std::ranges::find(before.sources, source, &DiscoveryState::source);
    const DiscoveryState known = same == before.sources.end() ? DiscoveryState{} : *same;
    const std::set<std::string> problems = missing_for(state, now.passed_over),
                                known_problems = missing_for(known, before.passed_over);
    for (const std::string& problem : problems) {
      if (known_problems.contains(problem)) continue;
      log(LogLevel::warn, "not all targets can be found", {{"source", source}, {"what", problem}});
    }
    if (problems.empty() && !known_problems.empty()) {
      log(LogLevel::info, "all targets can be found again", {{"source", source}});
    }
    if (state.targets && (known.source.empty() || known.targets != state.targets)) {
      log(LogLevel::info, "targets found", {{"source", source}, {"targets", *state.targets}});
    }
  }
}

// Whether what is known of a target would be something else under the other configuration.
bool asks_otherwise(const Config& one, const Config& other) {
  return one.poll != other.poll || one.limits != other.limits || one.balance != other.balance ||
         one.audit != other.audit || one.cgroup_root != other.cgroup_root;
}

}  // namespace

Watchers::Watchers(boost::asio::any_io_executor executor, const Config& config)
    : executor_(std::move(executor)),
      config_(config),
      discovery_(
          executor_, config, config_context(), [this] { found_others(); },
          [this](const TargetLooks& looks) { poller_->take_looks(looks); }),
      poller_(make_poller()),
      trust_(std::make_shared<TrustStore>(config.certificates.trust)),
      endpoints_(std::make_shared<EndpointWatcher>(executor_, config, trust_)),
      files_(std::make_unique<FileWatcher>(executor_, config.certificates)),
      probes_(std::make_shared<ProbeWatcher>(executor_)),
      findings_(config.poll.window),
      next_judgement_(executor_) {
  make_secrets();
  found_others();
}

void Watchers::make_secrets() {
  secrets_ = std::make_unique<SecretWatcher>(executor_, config_, [this] { found_others(); });
}

// Once for all that hide the same: on a node of one mesh that is everybody.
void Watchers::log_hidden(const std::map<std::string, TargetNote>& notes) {
  constexpr std::size_t most = 100;  // lines; the words are made of what pods say
  for (const auto& [id, note] : notes) {
    if (note.hidden.empty() || told_hidden_.size() == most) continue;
    if (!told_hidden_.insert(note.hidden).second) continue;
    log(LogLevel::info, "not all of a target can be seen; the report of targets says of which",
        {{"hidden", note.hidden}, {"first", id}});
  }
}

// What a target is recognised as makes another target of it.
std::shared_ptr<Poller> Watchers::make_poller() {
  return std::make_shared<Poller>(
      executor_, config_, [this](const Target& target, std::string_view dialect) {
        log(LogLevel::info, "target is recognised",
            {{"target", target_id(target)}, {"mesh", std::string(dialect)}});
        known_meshes_.learn(target, dialect);
        found_others();
      });
}

// Who is as before goes on as if nothing had happened.
void Watchers::found_others() {
  Discovered found = discovery_.found();
  known_meshes_.apply(found);
  auto outcome = std::make_shared<DiscoveryOutcome>();
  outcome->sources = discovery_.states();
  if (found.too_many > 0) {
    std::string what = std::to_string(found.too_many) + " targets are not watched: one agent ";
    what.append("watches ").append(std::to_string(found.targets.size())).append(" at most");
    outcome->sources.push_back({"all", found.targets.size(), {std::move(what)}, {}});
  }
  std::vector<PassedOver> passed_over = discovery_.passed_over();
  log_discovery({outcome->sources, passed_over}, {found_->sources, passed_over_});
  passed_over_ = std::move(passed_over);
  // They have words of their own for the log.
  if (auto state = discovery_.kubelet_state()) outcome->sources.push_back(std::move(*state));
  if (auto state = secrets_->state()) outcome->sources.push_back(std::move(*state));
  for (const Target& target : found.targets) outcome->pods.add(target);
  for (const PodAddress& one : found.addresses) outcome->pods.add(one.ip, one.pod);
  outcome->pods.set_elsewhere(std::move(found.elsewhere));
  outcome->not_watched = std::move(found.not_watched);
  outcome->pods_found = std::move(found.pods);
  outcome->notes = std::move(found.notes);
  log_hidden(outcome->notes);
  found_ = std::move(outcome);
  poller_->watch(found.targets);
  endpoints_->watch(found.targets);
  if (probing_) probes_->watch(found.probes);
}

void Watchers::start(std::function<void(std::exception_ptr)> ended) {
  ended_ = std::move(ended);
  start_polling();
  probing_ = true;
  discovery_.start();
  start_certificates();
  found_others();
  judge_later();
}

void Watchers::start_polling() { boost::asio::co_spawn(executor_, keep_polling(poller_), ended_); }

void Watchers::start_certificates() {
  endpoints_->start();
  files_->start();
  secrets_->start(config_context().environment);
  trust_->refresh();
}

std::string Watchers::change(const Config& config) {
  const Config before = std::exchange(config_, config);
  const bool other_asking = asks_otherwise(config, before);
  // Where a kubeconfig is left out that of the pods is meant.
  const bool other_server =
      config.certificates.secrets.enabled &&
      config.discovery.kubernetes.kubeconfig != before.discovery.kubernetes.kubeconfig;
  const bool other_certificates = config.certificates != before.certificates || other_server;
  std::string anew;
  if (other_asking) {
    anew = "targets";
    poller_->stop();
    poller_->watch({});  // so that what is heard yet is told to nobody
    poller_ = make_poller();
    findings_ = FindingsBook(config.poll.window);
  }
  if (other_certificates) {
    anew += anew.empty() ? "certificates" : ", certificates";
    endpoints_->stop();
    files_->stop();
    secrets_->stop();
    trust_ = std::make_shared<TrustStore>(config.certificates.trust);
    endpoints_ = std::make_shared<EndpointWatcher>(executor_, config, trust_);
    files_ = std::make_unique<FileWatcher>(executor_, config.certificates);
    make_secrets();
  }
  discovery_.change(config);
  found_others();
  if (other_asking) start_polling();
  if (other_certificates) start_certificates();
  return anew;
}

void Watchers::judge_later() {
  next_judgement_.expires_after(config_.poll.interval);
  next_judgement_.async_wait([this](const boost::system::error_code& cancelled) {
    if (cancelled) return;
    trust_->refresh();
    workloads_ = workload_balances(*snapshot(), balance_rules(config_.balance));
    findings_.enter(*snapshot(), std::chrono::steady_clock::now(),
                    std::chrono::system_clock::now());
    judge_later();
  });
}

void Watchers::stop() {
  probing_ = false;
  discovery_.stop();
  poller_->stop();
  endpoints_->stop();
  files_->stop();
  secrets_->stop();
  probes_->stop();
  next_judgement_.cancel();
}

bool Watchers::all_looked() const {
  return discovery_.answered() && poller_->snapshot()->pass.passes > 0 &&
         endpoints_->all_looked() && files_->all_looked() && secrets_->all_looked() &&
         probes_->all_looked();
}

std::shared_ptr<const Snapshot> Watchers::judged_now() const {
  auto judged = std::make_shared<Snapshot>(*snapshot());
  judged->workload_balances = workload_balances(*judged, balance_rules(config_.balance));
  FindingsBook book{Duration{}};
  book.enter(*judged, std::chrono::steady_clock::now(), std::chrono::system_clock::now());
  judged->held_findings = book.held();
  judged->pending_findings = book.pending();
  return judged;
}

std::shared_ptr<const Snapshot> Watchers::snapshot() const {
  auto snapshot = std::make_shared<Snapshot>(*poller_->snapshot());
  snapshot->tls_endpoints = endpoints_->states();
  snapshot->grpc_health = probes_->states();
  snapshot->unasked_probes = probes_->unasked();
  snapshot->files = files_->files();
  snapshot->shown_secrets = secrets_->shown();
  snapshot->workload_balances = workloads_;
  snapshot->shown_files = files_->shown();
  snapshot->trust_bundles = trust_->states();
  snapshot->certificates_interval = config_.certificates.interval;
  snapshot->held_findings = findings_.held();
  snapshot->pending_findings = findings_.pending();
  snapshot->discovery = found_;
  return snapshot;
}

}  // namespace mesh
