// The endpoint watcher: makes a TLS handshake with every configured endpoint and with every port at
// which a target takes calls, once an interval, beside the polls of the targets and never in their
// way. The targets may change at any time.
//
// The handshakes of an interval are spread over it, each endpoint always at the same place; the
// first are made at once. At most certificates.parallel are under way at a time.
//
// Lives on one thread (the executor's); nothing here is locked.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <memory>
#include <vector>

#include "app/trust_store.h"
#include "config/config.h"
#include "model/tls_endpoint.h"

namespace mesh {

class EndpointWatcher : public std::enable_shared_from_this<EndpointWatcher> {
 public:
  // The store is used on the executor's thread.
  EndpointWatcher(boost::asio::any_io_executor executor, const Config& config,
                  std::shared_ptr<TrustStore> trust);
  ~EndpointWatcher();

  // Watches until stop(), or until the executor stops. The watcher must be owned by a shared_ptr.
  void start();

  // From now on the ports of these targets are watched, beside the configured endpoints. What is as
  // it was goes on; what is no longer there is forgotten.
  void watch(std::vector<Target> targets);

  // No handshake begins from now on, and those under way tell nothing any more.
  void stop() { stopping_ = true; }

  // Whether there was a handshake with each of them, however it ended.
  bool all_looked() const;

  // As last known: the endpoints in the order of the configuration, then the ports of targets in
  // theirs.
  std::vector<std::shared_ptr<const TlsEndpointState>> states() const;

 private:
  struct Watched;
  static boost::asio::awaitable<void> keep_looking(std::shared_ptr<EndpointWatcher> self,
                                                   std::shared_ptr<Watched> watched);
  void begin(const std::shared_ptr<Watched>& watched);
  boost::asio::awaitable<void> look(Watched& watched);

  boost::asio::any_io_executor executor_;
  CertificatesConfig config_;
  std::vector<std::shared_ptr<Watched>> endpoints_, ports_;
  std::shared_ptr<TrustStore> trust_;
  std::shared_ptr<class Slots> slots_;
  bool running_ = false, stopping_ = false;
};

}  // namespace mesh
