// What the containers of the node use, as its kubelet tells it (/metrics/resource): for an agent
// that does not see their control groups. Opt-in, for it takes the verb get on nodes/metrics.
//
// The kubelet is asked while there is a container without a group, once a poll.interval and every
// 15 s at most, one question at a time. The object may go while one is under way; nothing is told
// of that any more.
//
// Lives on one thread (the executor's).
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "config/config.h"
#include "model/discovered.h"
#include "model/resources.h"
#include "model/server_access.h"
#include "wire/kubelet_page.h"

namespace mesh {

// A target whose container is asked for.
struct KubeletContainer {
  std::string target;  // target_id
  ContainerKey key;
  std::optional<std::uint64_t> memory_limit;  // bytes, as the pod's specification has it

  bool operator==(const KubeletContainer&) const = default;
};

class KubeletUsage {
 public:
  // What is told, on the executor.
  struct Listener {
    // A look for every container that was asked for; where the kubelet did not tell, why not.
    std::function<void(const TargetLooks& looks)> looks;
    std::function<void()> state;  // state() or answered() is another one
  };

  // `pace` from one question to the next.
  KubeletUsage(boost::asio::any_io_executor executor, const KubeletConfig& config, Duration pace,
               Listener listener);
  ~KubeletUsage();
  KubeletUsage(const KubeletUsage&) = delete;
  KubeletUsage& operator=(const KubeletUsage&) = delete;

  // Does nothing where it is not configured. `api` is how the API server is asked: with the same
  // token, certificate and, unless another file is configured, roots.
  void start(ServerAccess api);
  void stop();

  // These from now on. `node_ip`: the node's address; "" where nobody told it.
  void ask_for(std::vector<KubeletContainer> containers, std::string node_ip);

  // Whether it was asked once, however that ended, or there is nobody to ask for.
  bool answered() const;
  // How the kubelet is doing; nothing where it is not configured.
  std::optional<DiscoveryState> state() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace mesh
