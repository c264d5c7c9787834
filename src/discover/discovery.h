// All sources of targets side by side, and the one list that comes of them: the configuration's
// own, then those of files, then the pods of the node. A further source is a member here and an
// element of the list in found().
//
// Lives on one thread (the executor's).
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "config/config.h"
#include "config/load.h"
#include "discover/kubernetes_targets.h"
#include "discover/target_files.h"
#include "model/discovered.h"

namespace mesh {

class Discovery {
 public:
  // What can be found without waiting is found when this returns. on_change is called from start()
  // on, whenever something else is found, or a source is doing otherwise; on_looks with what a
  // kubelet says of targets whose control groups are not found.
  Discovery(boost::asio::any_io_executor executor, const Config& config,
            const ConfigContext& context, std::function<void()> on_change,
            std::function<void(const TargetLooks&)> on_looks);

  void start();
  void stop();

  // Goes on with this configuration. A source that is configured as before is left alone; another
  // one's successor is asked at once, and until it has listed the pods the old ones are found.
  // REQUIRES: started.
  void change(const Config& config);

  // Whether each source was heard once, however it ended.
  bool answered() const { return kubernetes_->answered(); }
  Discovered found() const;
  std::vector<DiscoveryState> states() const;  // of those that are configured
  // By pods; each is a problem of a state, too.
  const std::vector<PassedOver>& passed_over() const { return kubernetes_->passed_over(); }
  // Of the kubelet, which is no source of targets; nothing where it is not asked.
  std::optional<DiscoveryState> kubelet_state() const { return kubernetes_->kubelet_state(); }

 private:
  void make_files();
  void make_kubernetes();
  template <class Source>
  void retire(std::shared_ptr<Source> source);

  boost::asio::any_io_executor executor_;
  ConfigContext context_;
  std::function<void()> on_change_;
  std::function<void(const TargetLooks&)> on_looks_;
  Config config_;
  std::shared_ptr<TargetFiles> files_;
  std::shared_ptr<KubernetesTargets> kubernetes_;
  Discovered pods_before_;  // of the predecessor, until there are others
};

}  // namespace mesh
