// A watch, and the index of what it keeps; see endpoint_names.h.
#include "discover/endpoint_names.h"

#include <boost/asio/co_spawn.hpp>
#include <utility>

#include "base/rethrow.h"
#include "discover/kube_follower.h"

namespace mesh {

EndpointNames::EndpointNames(boost::asio::any_io_executor executor, std::function<void()> on_change)
    : executor_(std::move(executor)), on_change_(std::move(on_change)) {}

EndpointNames::~EndpointNames() = default;

void EndpointNames::start(ServerAccess access, const KubernetesConfig& config) {
  KubeSource<EndpointSlice>::Listener listener;
  listener.objects = [this](const KubeSource<EndpointSlice>::Objects& slices) {
    addresses_ = std::make_shared<const SliceAddresses>(slices);
    on_change_();
  };
  listener.problems = [this](const std::vector<std::string>& problems) {
    problems_ = problems;
    on_change_();
  };
  slices_ = std::make_unique<KubeSource<EndpointSlice>>(
      executor_, std::move(access), KubeScope{slices_kind, "", config.namespaces, ""},
      std::move(listener));
  boost::asio::co_spawn(executor_, slices_->follower().run(), rethrow);
}

void EndpointNames::stop() {
  if (slices_) slices_->follower().stop();
}

bool EndpointNames::answered() const { return !slices_ || slices_->follower().answered(); }

}  // namespace mesh
