// The pods of this node, kept up to date from an API server: KubeWatch (kube_watch.h) with a
// connection. One watch for the whole cluster, or one for each namespace where the agent may only
// see those.
//
// Lives on one thread (the executor's); nothing here is locked.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "model/pod.h"
#include "model/server_access.h"

namespace mesh {

struct KubernetesScope {
  std::string node;
  std::vector<std::string> namespaces;  // empty: all
  std::string selector;                 // by labels; "": all
};

class KubernetesPods {
 public:
  // What is told, on the executor. The pods are borrowed for the call.
  struct Listener {
    // All pods that are known; whenever one has come, changed or gone, however many at once, and
    // not before every namespace was listed.
    std::function<void(const std::vector<const Pod*>& pods)> pods;
    // Why there is no news now, and what is not known besides, in words; none when all is well.
    // Only when they change.
    std::function<void(const std::vector<std::string>& problems)> problems;
  };

  KubernetesPods(boost::asio::any_io_executor executor, ServerAccess access,
                 const KubernetesScope& scope, Listener listener);
  ~KubernetesPods();

  // Follows the pods until stop(), or until the executor stops. REQUIRES: called once.
  boost::asio::awaitable<void> run();

  void stop();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace mesh
