// Asks the sources in the order of their precedence; see discovery.h.
#include "discover/discovery.h"

#include <array>
#include <boost/asio/post.hpp>
#include <utility>

#include "discover/merge.h"

namespace mesh {
namespace {

bool same_pods(const Config& one, const Config& other) {
  const KubernetesConfig& kubernetes = one.discovery.kubernetes;
  const bool same_pace = !kubernetes.kubelet.enabled || one.poll.interval == other.poll.interval;
  return kubernetes == other.discovery.kubernetes && one.cgroup_root == other.cgroup_root &&
         same_pace;
}

}  // namespace

Discovery::Discovery(boost::asio::any_io_executor executor, const Config& config,
                     const ConfigContext& context, std::function<void()> on_change,
                     std::function<void(const TargetLooks&)> on_looks)
    : executor_(std::move(executor)),
      context_(context),
      on_change_(std::move(on_change)),
      on_looks_(std::move(on_looks)),
      config_(config) {
  make_files();
  make_kubernetes();
}

void Discovery::make_files() {
  files_ = std::make_shared<TargetFiles>(executor_, config_.discovery, context_, on_change_);
}

void Discovery::make_kubernetes() {
  kubernetes_ =
      std::make_shared<KubernetesTargets>(executor_, config_, context_, on_change_, on_looks_);
}

void Discovery::start() {
  files_->start();
  kubernetes_->start();
}

void Discovery::stop() {
  files_->stop();
  kubernetes_->stop();
}

// It outlives what it had asked the executor for before it was stopped.
template <class Source>
void Discovery::retire(std::shared_ptr<Source> source) {
  source->stop();
  boost::asio::post(executor_, [source = std::move(source)] {});
}

void Discovery::change(const Config& config) {
  const Config before = std::exchange(config_, config);
  if (config_.discovery.files != before.discovery.files) {
    retire(std::move(files_));
    make_files();
    files_->start();
  }
  if (same_pods(config_, before)) return;
  // One that was replaced before it had listed anything has no pods of its own.
  if (kubernetes_->state().last_success) pods_before_ = kubernetes_->found();
  if (config_.discovery.kubernetes.node_name.empty()) pods_before_ = {};
  retire(std::move(kubernetes_));
  make_kubernetes();
  kubernetes_->start();
}

Discovered Discovery::found() const {
  const bool listed = kubernetes_->state().last_success.has_value();
  Discovered configured;
  configured.targets = config_.targets;
  configured.probes = config_.probes.grpc;
  return merge(std::array{std::move(configured), files_->found(),
                          listed ? kubernetes_->found() : pods_before_});
}

std::vector<DiscoveryState> Discovery::states() const {
  std::vector<DiscoveryState> states;
  if (!config_.discovery.files.empty()) states.push_back(files_->state());
  if (!config_.discovery.kubernetes.node_name.empty()) states.push_back(kubernetes_->state());
  return states;
}

}  // namespace mesh
