// Asks the sources in the order of their precedence; see discovery.h.
#include "discover/discovery.h"

#include <array>
#include <utility>

#include "discover/merge.h"

namespace mesh {

Discovery::Discovery(boost::asio::any_io_executor executor, const Config& config,
                     const ConfigContext& context, std::function<void()> on_change)
    : configured_{config.targets, {}},
      has_files_(!config.discovery.files.empty()),
      files_(executor, config.discovery, context, on_change),
      has_kubernetes_(!config.discovery.kubernetes.node_name.empty()),
      kubernetes_(std::move(executor), config.discovery.kubernetes, context, std::move(on_change)) {
}

void Discovery::start() {
  files_.start();
  kubernetes_.start();
}

void Discovery::stop() {
  files_.stop();
  kubernetes_.stop();
}

Discovered Discovery::found() const {
  return merge(std::array{configured_, files_.found(), kubernetes_.found()});
}

std::vector<DiscoveryState> Discovery::states() const {
  std::vector<DiscoveryState> states;
  if (has_files_) states.push_back(files_.state());
  if (has_kubernetes_) states.push_back(kubernetes_.state());
  return states;
}

}  // namespace mesh
