// All sources of targets side by side, and the one list that comes of them: the configuration's
// own, then those of files, then the pods of the node. A further source is a member here and an
// element of the list in found().
//
// Lives on one thread (the executor's).
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <functional>
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
  // on, whenever something else is found, or a source is doing otherwise.
  Discovery(boost::asio::any_io_executor executor, const Config& config,
            const ConfigContext& context, std::function<void()> on_change);

  void start();
  void stop();

  // Whether each source was heard once, however it ended.
  bool answered() const { return kubernetes_.answered(); }
  Discovered found() const;
  std::vector<DiscoveryState> states() const;  // of those that are configured

 private:
  Discovered configured_;
  bool has_files_;
  TargetFiles files_;
  bool has_kubernetes_;
  KubernetesTargets kubernetes_;
};

}  // namespace mesh
