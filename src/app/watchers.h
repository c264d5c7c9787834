// All that is watched: targets, TLS endpoints and files, and the one snapshot of them. The agent
// runs it until it is told to end, a command until everything was looked at once.
//
// Lives on one thread (the executor's).
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <exception>
#include <functional>
#include <memory>

#include "app/endpoint_watcher.h"
#include "app/file_watcher.h"
#include "app/poller.h"

namespace mesh {

class Watchers {
 public:
  Watchers(boost::asio::any_io_executor executor, const Config& config);

  // `ended` is called when polling ends, with what broke it off.
  void start(std::function<void(std::exception_ptr)> ended);
  // Nobody is asked from now on; those that are being asked are heard out.
  void stop();

  // Whether everything was asked or read once, however that ended.
  bool all_looked() const;
  std::shared_ptr<const Snapshot> snapshot() const;  // never null

 private:
  boost::asio::any_io_executor executor_;
  std::shared_ptr<Poller> poller_;
  std::shared_ptr<EndpointWatcher> endpoints_;
  FileWatcher files_;
};

}  // namespace mesh
