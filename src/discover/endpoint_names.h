// Names of pods on other nodes, by the EndpointSlices of the cluster: a proxy knows the endpoints
// of its upstreams by their addresses only. Opt-in, for every change of a Service's pods anywhere
// is told to every agent then.
//
// Lives on one thread (the executor's).
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "config/config.h"
#include "model/server_access.h"
#include "model/slice_addresses.h"

namespace mesh {

template <class Object>
class KubeSource;

class EndpointNames {
 public:
  // on_change is called from start() on, whenever addresses or troubles are others than before.
  EndpointNames(boost::asio::any_io_executor executor, std::function<void()> on_change);
  ~EndpointNames();
  EndpointNames(const EndpointNames&) = delete;
  EndpointNames& operator=(const EndpointNames&) = delete;

  void start(ServerAccess access, const KubernetesConfig& config);
  void stop();

  // As last heard; null before.
  std::shared_ptr<const SliceAddresses> addresses() const { return addresses_; }
  // Why there is no news, or not of all; none: all is well.
  const std::vector<std::string>& problems() const { return problems_; }
  // Whether there was an answer, good or bad, or nobody is asked.
  bool answered() const;

 private:
  boost::asio::any_io_executor executor_;
  std::function<void()> on_change_;
  std::shared_ptr<const SliceAddresses> addresses_;
  std::vector<std::string> problems_;
  std::unique_ptr<KubeSource<EndpointSlice>> slices_;
};

}  // namespace mesh
