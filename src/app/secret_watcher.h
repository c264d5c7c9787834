// The secret watcher: follows the certificates in the Kubernetes Secrets that the configuration
// asks for. What changes is the API server's business (discover/kube_follower.h); here each Secret
// has its history, so that a renewed one is a rotation. Of private keys nothing gets here.
//
// Lives on one thread (the executor's); nothing here is locked.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "compute/certificate_book.h"
#include "config/config.h"
#include "config/environment.h"
#include "discover/kube_follower.h"
#include "model/discovered.h"
#include "model/shown_places.h"
#include "wire/kube_secret.h"

namespace mesh {

class SecretWatcher {
 public:
  // on_change is called from start() on, whenever the state is another than before.
  SecretWatcher(boost::asio::any_io_executor executor, const Config& config,
                std::function<void()> on_change);
  ~SecretWatcher();
  SecretWatcher(const SecretWatcher&) = delete;
  SecretWatcher& operator=(const SecretWatcher&) = delete;

  // Does nothing where no Secrets are asked for.
  void start(const Environment& environment);
  void stop();

  // Whether there was an answer for every namespace, good or bad.
  bool all_looked() const;

  // As last heard; never null.
  std::shared_ptr<const ShownPlaces> shown() const { return shown_; }
  // How the API server is doing; nothing where it is not asked.
  std::optional<DiscoveryState> state() const;

 private:
  struct Known;
  using Secrets = std::vector<std::shared_ptr<const KubeSecret>>;
  void take(const Secrets& secrets);
  void hear_problems(const std::vector<std::string>& problems);

  boost::asio::any_io_executor executor_;
  SecretsConfig config_;
  std::function<void()> on_change_;
  std::map<std::string, Known> known_;  // by namespace/name
  std::shared_ptr<const ShownPlaces> shown_ = std::make_shared<const ShownPlaces>();
  std::vector<std::string> problems_;  // of the API server
  std::string unreadable_;             // what the Secrets hold that cannot be read; "": nothing
  std::optional<WallTime> last_success_;
  std::unique_ptr<KubeSource<KubeSecret>> source_;
  boost::asio::steady_timer try_again_;  // to know how the API server is reached
};

}  // namespace mesh
