// From what Secrets hold to histories of their certificates; see secret_watcher.h.
#include "app/secret_watcher.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <chrono>
#include <utility>

#include "base/limits.h"
#include "base/log.h"
#include "base/rethrow.h"
#include "compute/shown_places.h"
#include "discover/server_access.h"

namespace mesh {
namespace {

using std::chrono::system_clock;

// Those that say of themselves that they are about TLS; who picks Secrets by their labels has said
// which ones are.
std::string fields_of(const SecretsConfig& config) {
  return config.selector.empty() ? "type=kubernetes.io/tls" : "";
}

}  // namespace

// One Secret: the history of what is in it.
struct SecretWatcher::Known {
  Known(const std::string& place, CertificateRules rules)
      : book(CertificateSource::secret, place, std::move(rules)) {}

  CertificateBook book;
  std::shared_ptr<const KubeSecret> entered;  // the last one
  bool there = false;
};

SecretWatcher::SecretWatcher(boost::asio::any_io_executor executor, const Config& config,
                             std::function<void()> on_change)
    : executor_(std::move(executor)),
      config_(config.certificates.secrets),
      on_change_(std::move(on_change)),
      try_again_(executor_) {
  if (config_.kubeconfig.empty()) config_.kubeconfig = config.discovery.kubernetes.kubeconfig;
}

SecretWatcher::~SecretWatcher() { stop(); }

void SecretWatcher::start(const Environment& environment) {
  if (!config_.enabled) return;
  Result<ServerAccess> access = server_access(config_.kubeconfig, environment);
  if (!access) {
    hear_problems({access.error().message});
    try_again_.expires_after(access_again_after);
    try_again_.async_wait([this, environment](const boost::system::error_code& cancelled) {
      if (!cancelled) start(environment);
    });
    return;
  }
  if (!problems_.empty()) hear_problems({});
  KubeSource<KubeSecret>::Listener listener;
  listener.objects = [this](const Secrets& secrets) { take(secrets); };
  listener.problems = [this](const std::vector<std::string>& all) { hear_problems(all); };
  const KubeScope scope{secrets_kind, fields_of(config_), config_.namespaces, config_.selector};
  source_ = std::make_unique<KubeSource<KubeSecret>>(executor_, std::move(*access), scope,
                                                     std::move(listener));
  boost::asio::co_spawn(executor_, source_->follower().run(), rethrow);
}

void SecretWatcher::stop() {
  try_again_.cancel();
  if (source_) source_->follower().stop();
}

void SecretWatcher::take(const Secrets& secrets) {
  for (auto& [place, known] : known_) known.there = false;
  std::uint64_t unreadable = 0;
  std::string sample;
  for (const auto& secret : secrets) {
    const std::string place = secret->ns + "/" + secret->name;
    Known& known =
        known_.try_emplace(place, place, CertificateRules{config_.issuer, config_.rotation_point})
            .first->second;
    known.there = true;
    if (secret->unreadable > 0 && unreadable++ == 0) sample = secret->unreadable_sample;
    // One that is as it was is the same object; and a look that failed is none, as of files.
    if (known.entered == secret || secret->held.empty()) continue;
    known.book.enter({secret->held}, system_clock::now());
    known.entered = secret;
  }
  std::erase_if(known_, [](const auto& one) { return !one.second.there; });
  std::vector<std::shared_ptr<const CertificatePlace>> places;
  for (const auto& [name, known] : known_) {
    if (known.entered) places.push_back(known.book.place());
  }
  shown_ = std::make_shared<const ShownPlaces>(
      show_places(std::move(places), limits::secret_certificates_shown));
  unreadable_.clear();
  if (unreadable > 0) {
    unreadable_ = std::to_string(unreadable);
    unreadable_ += unreadable == 1 ? " Secret holds" : " Secrets hold";
    unreadable_ += " what is no certificate, first: " + sample;
  }
  if (problems_.empty()) last_success_ = system_clock::now();
  on_change_();
}

void SecretWatcher::hear_problems(const std::vector<std::string>& problems) {
  for (const std::string& one : problems) {
    if (std::ranges::find(problems_, one) != problems_.end()) continue;
    log(LogLevel::warn, "not all Secrets can be seen", {{"what", one}});
  }
  if (problems.empty()) {
    log(LogLevel::info, "all Secrets can be seen again");
    last_success_ = system_clock::now();
  }
  problems_ = problems;
  on_change_();
}

bool SecretWatcher::all_looked() const {
  return !config_.enabled || (source_ ? source_->follower().answered() : !problems_.empty());
}

std::optional<DiscoveryState> SecretWatcher::state() const {
  if (!config_.enabled) return std::nullopt;
  DiscoveryState state{"secret", std::nullopt, problems_, last_success_};
  if (!unreadable_.empty()) state.problems.push_back(unreadable_);
  return state;
}

}  // namespace mesh
