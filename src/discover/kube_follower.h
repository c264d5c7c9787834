// Objects of one kind, kept up to date from an API server: a KubeWatch (kube_watch.h) with a
// connection, one for the whole cluster, or one for each namespace where the agent may only see
// those.
//
// Lives on one thread (the executor's); nothing here is locked.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "discover/kube_kept.h"
#include "discover/kube_kind.h"
#include "model/server_access.h"

namespace mesh {

// Which objects.
struct KubeScope {
  KubeKind kind;
  std::string fields{};                   // a field selector; "": all
  std::vector<std::string> namespaces{};  // empty: all
  std::string selector{};                 // by labels; "": all
};

class KubeFollower {
 public:
  // What is told, on the executor.
  struct Listener {
    // What is kept is something else; however many objects have changed at once.
    std::function<void()> news;
    // Why there is no news now, and what is not known besides, in words; none when all is well.
    // Only when they change.
    std::function<void(const std::vector<std::string>& problems)> problems;
  };

  // `kept`: one for each namespace of the scope, or one where it has none.
  KubeFollower(boost::asio::any_io_executor executor, ServerAccess access, const KubeScope& scope,
               const std::vector<std::shared_ptr<KubeKept>>& kept, Listener listener);
  ~KubeFollower();
  KubeFollower(const KubeFollower&) = delete;
  KubeFollower& operator=(const KubeFollower&) = delete;

  // Follows them until stop(), or until the executor stops; the follower itself may be gone before.
  // REQUIRES: called once.
  boost::asio::awaitable<void> run();

  void stop();

  // Whether every namespace was listed as a whole, once.
  bool complete() const;
  // Whether every namespace was, or there is a reason why not, and all of it was told.
  bool answered() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

// The same with the objects themselves, each namespace's behind the other's.
template <class Object>
class KubeSource {
 public:
  using Objects = std::vector<std::shared_ptr<const Object>>;

  // `follower()` knows whether all namespaces are in them.
  struct Listener {
    std::function<void(const Objects& objects)> objects;
    std::function<void(const std::vector<std::string>& problems)> problems;
  };

  KubeSource(boost::asio::any_io_executor executor, ServerAccess access, const KubeScope& scope,
             Listener listener)
      : kept_(kept_for(scope)),
        follower_(std::move(executor), std::move(access), scope, {kept_.begin(), kept_.end()},
                  {[this, tell = std::move(listener.objects)] { tell(objects()); },
                   std::move(listener.problems)}) {}

  KubeFollower& follower() { return follower_; }

 private:
  using Kept = std::vector<std::shared_ptr<KubeObjects<Object>>>;

  static Kept kept_for(const KubeScope& scope) {
    Kept kept;
    const std::size_t watches = scope.namespaces.empty() ? 1 : scope.namespaces.size();
    for (std::size_t i = 0; i < watches; ++i) {
      kept.push_back(std::make_shared<KubeObjects<Object>>(scope.kind.most));
    }
    return kept;
  }

  Objects objects() const {
    Objects all;
    for (const auto& one : kept_) {
      for (const auto& [key, object] : one->known()) all.push_back(object);
    }
    return all;
  }

  Kept kept_;
  KubeFollower follower_;
};

}  // namespace mesh
