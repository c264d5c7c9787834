// Asks the sources in the order of their precedence; see discovery.h.
#include "discover/discovery.h"

#include <array>
#include <boost/asio/post.hpp>
#include <utility>

#include "discover/merge.h"

namespace mesh {

Discovery::Discovery(boost::asio::any_io_executor executor, const Config& config,
                     const ConfigContext& context, std::function<void()> on_change)
    : executor_(std::move(executor)),
      context_(context),
      on_change_(std::move(on_change)),
      configured_{config.targets, {}},
      config_(config.discovery),
      cgroup_root_(config.cgroup_root) {
  make_files();
  make_kubernetes();
}

void Discovery::make_files() {
  files_ = std::make_shared<TargetFiles>(executor_, config_, context_, on_change_);
}

void Discovery::make_kubernetes() {
  kubernetes_ = std::make_shared<KubernetesTargets>(executor_, config_.kubernetes, context_,
                                                    cgroup_root_, on_change_);
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
  const DiscoveryConfig before = std::exchange(config_, config.discovery);
  const std::string root_before = std::exchange(cgroup_root_, config.cgroup_root);
  configured_.targets = config.targets;
  if (config_.files != before.files) {
    retire(std::move(files_));
    make_files();
    files_->start();
  }
  if (config_.kubernetes == before.kubernetes && cgroup_root_ == root_before) return;
  // One that was replaced before it had listed anything has no pods of its own.
  if (kubernetes_->state().last_success) pods_before_ = kubernetes_->found();
  if (config_.kubernetes.node_name.empty()) pods_before_ = {};
  retire(std::move(kubernetes_));
  make_kubernetes();
  kubernetes_->start();
}

Discovered Discovery::found() const {
  const bool listed = kubernetes_->state().last_success.has_value();
  return merge(
      std::array{configured_, files_->found(), listed ? kubernetes_->found() : pods_before_});
}

std::vector<DiscoveryState> Discovery::states() const {
  std::vector<DiscoveryState> states;
  if (!config_.files.empty()) states.push_back(files_->state());
  if (!config_.kubernetes.node_name.empty()) states.push_back(kubernetes_->state());
  return states;
}

}  // namespace mesh
