// The pods of this node as targets: followed at the API server (kube_follower.h), each recognised
// by what it says of itself (recognise.h).
//
// Lives on one thread (the executor's).
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "config/config.h"
#include "config/load.h"
#include "discover/container_groups.h"
#include "discover/endpoint_names.h"
#include "discover/kubelet_usage.h"
#include "model/discovered.h"
#include "model/pod.h"
#include "model/resources.h"

namespace mesh {

template <class Object>
class KubeSource;

// An annotation that makes no sense.
struct PassedOver {
  std::string pod;         // "shop/users-1"
  std::string annotation;  // "mesh-exporter.io/grpc-probe-port"
  std::string why;         // "\"x\"; expected a port from 1 to 65535"

  std::string words() const { return pod + ": " + annotation + ": " + why; }
  bool operator==(const PassedOver&) const = default;
};

class KubernetesTargets {
 public:
  // `context` says which meshes there are. on_change is called from start() on, whenever pods,
  // their control groups or troubles are others than before; on_looks with what the kubelet says of
  // the targets whose groups are not found.
  KubernetesTargets(boost::asio::any_io_executor executor, const Config& config,
                    const ConfigContext& context, std::function<void()> on_change,
                    std::function<void(const TargetLooks&)> on_looks);
  ~KubernetesTargets();
  KubernetesTargets(const KubernetesTargets&) = delete;
  KubernetesTargets& operator=(const KubernetesTargets&) = delete;

  void start();  // does nothing where no node is configured
  void stop();

  // As last heard.
  const Discovered& found() const { return found_; }
  const DiscoveryState& state() const { return state_; }
  // Each is a problem of state() as well, in its words().
  const std::vector<PassedOver>& passed_over() const { return passed_over_; }
  // Of the kubelet; nothing where it is not asked.
  std::optional<DiscoveryState> kubelet_state() const { return kubelet_.state(); }
  // Whether there was an answer, good or bad, or nobody is to be asked.
  bool answered() const { return answered_ && names_.answered() && kubelet_.answered(); }

 private:
  using Pods = std::vector<std::shared_ptr<const Pod>>;
  // An admin port in the network of its pod, and what the target hides when that is asked.
  struct Inside {
    Address admin;
    std::string hidden;
  };

  void take(const Pods& pods);
  void problems(const std::vector<std::string>& problems);
  void add_probes(std::vector<GrpcProbe> probes);
  void find_groups();
  void ask_kubelet();
  void tell();

  boost::asio::any_io_executor executor_;
  KubernetesConfig config_;
  ConfigContext context_;
  std::function<void()> on_change_;
  Discovered found_;
  DiscoveryState state_{"kubernetes", 0, {}, {}};
  std::vector<PassedOver> passed_over_;
  std::vector<std::string> problems_;      // why there is no news, or not of all; none: all is well
  std::vector<ContainerName> containers_;  // of found_.targets, one each
  std::vector<std::optional<Inside>> inside_;  // likewise
  std::vector<KubeletContainer> asked_for_;  // likewise; without a name where there is no container
  std::size_t services_ = 0, too_many_services_ = 0;  // of found_.probes; of those with no room
  std::string node_ip_;
  ContainerGroups groups_;
  std::map<std::string, std::string> last_groups_;  // by target_id
  EndpointNames names_;
  KubeletUsage kubelet_;
  std::string cgroup_root_;
  boost::asio::steady_timer try_again_;  // to know how the API server is reached
  bool enters_ = false;                  // the network namespaces of pods
  bool answered_ = false;
  bool listed_ = false;  // found_ is what the API server said
  std::unique_ptr<KubeSource<Pod>> pods_;
};

}  // namespace mesh
