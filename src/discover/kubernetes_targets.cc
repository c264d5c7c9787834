// From pods to what is found; see kubernetes_targets.h.
#include "discover/kubernetes_targets.h"

#include <algorithm>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <filesystem>
#include <utility>

#include "base/limits.h"
#include "base/regular_file.h"
#include "base/rethrow.h"
#include "config/kubeconfig.h"
#include "discover/kubernetes.h"
#include "discover/recognise.h"

namespace mesh {
namespace {

Result<ServerAccess> access_of(const KubernetesConfig& config, const Environment& environment) {
  if (config.kubeconfig.empty()) return in_cluster_access(environment);
  const Result<std::string> yaml = read_regular_file(config.kubeconfig, limits::config_bytes);
  Result<ServerAccess> access = Error{};
  if (yaml) {
    const std::string directory = std::filesystem::path(config.kubeconfig).parent_path().string();
    access = read_kubeconfig(*yaml, directory);
  } else {
    access = yaml.error();
  }
  if (access) return access;
  return Error{config.kubeconfig + ": " + access.error().message};
}

boost::asio::awaitable<void> keep_following(KubernetesPods& pods) { co_await pods.run(); }

void add(const Pod& pod, const PodRecognition& seen, const ConfigContext& context,
         Discovered& found) {
  for (const Recognised& one : seen.found) {
    std::string why = one.not_watched;
    const bool spoken = std::ranges::find(context.meshes, one.target.mesh) != context.meshes.end();
    if (why.empty() && !spoken) why = "pages of " + one.target.mesh + " are not read yet";
    if (why.empty()) {
      found.targets.push_back(one.target);
    } else {
      const Target& who = one.target;
      found.not_watched.push_back({who.mesh, who.ns, who.pod, who.workload, std::move(why)});
    }
  }
  if (!seen.found.empty()) return;
  found.not_watched.push_back({seen.mesh, pod.ns, pod.name, "",
                               seen.remark.empty() ? "no sidecar is recognised" : seen.remark});
}

}  // namespace

KubernetesTargets::KubernetesTargets(boost::asio::any_io_executor executor,
                                     const KubernetesConfig& config, const ConfigContext& context,
                                     std::function<void()> on_change)
    : executor_(std::move(executor)),
      config_(config),
      context_(context),
      on_change_(std::move(on_change)),
      answered_(config.node_name.empty()) {}

KubernetesTargets::~KubernetesTargets() = default;

void KubernetesTargets::start() {
  if (config_.node_name.empty()) return;
  Result<ServerAccess> access = access_of(config_, context_.environment);
  if (!access) {
    trouble(access.error().message);
    return;
  }
  KubernetesPods::Listener listener;
  listener.pods = [this](const std::vector<const Pod*>& pods) { take(pods); };
  listener.trouble = [this](const std::string& words) { trouble(words); };
  const KubernetesScope scope{config_.node_name, config_.namespaces, config_.selector};
  pods_ =
      std::make_unique<KubernetesPods>(executor_, std::move(*access), scope, std::move(listener));
  boost::asio::co_spawn(executor_, keep_following(*pods_), rethrow);
}

void KubernetesTargets::stop() {
  if (pods_) pods_->stop();
}

void KubernetesTargets::take(const std::vector<const Pod*>& pods) {
  found_ = {};
  wrong_.clear();
  for (const Pod* pod : pods) {
    const PodRecognition seen = recognise(*pod, context_.meshes);
    add(*pod, seen, context_, found_);
    const std::string who = qualified(pod->ns, pod->name);
    for (const std::string& wrong : seen.wrong) wrong_.push_back(who + ": " + wrong);
    if (pod->host_network) continue;
    for (const std::string& ip : pod->ips) found_.addresses.push_back({ip, {pod->ns, pod->name}});
  }
  state_.targets = found_.targets.size();
  answered_ = true;
  tell();
}

void KubernetesTargets::trouble(const std::string& words) {
  trouble_ = words;
  answered_ = answered_ || !words.empty();
  tell();
}

void KubernetesTargets::tell() {
  state_.problems = wrong_;
  if (!trouble_.empty()) {
    state_.problems.insert(state_.problems.begin(), trouble_);
  } else if (answered_) {
    state_.last_success = std::chrono::system_clock::now();
  }
  on_change_();
}

}  // namespace mesh
