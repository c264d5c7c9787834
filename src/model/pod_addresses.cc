// Hosts as they are written in endpoints; see pod_addresses.h.
#include "model/pod_addresses.h"

#include <algorithm>
#include <utility>

namespace mesh {
namespace {

bool is_loopback(std::string_view host) {
  return host.starts_with("127.") || host == "::1" || host == "localhost";
}

// "10.0.0.7" of "10.0.0.7:50051", "fd00::7" of "[fd00::7]:50051"
std::string_view host_of(std::string_view endpoint) {
  if (endpoint.starts_with('[')) {
    return endpoint.substr(1, std::min(endpoint.find(']'), endpoint.size()) - 1);
  }
  return endpoint.substr(0, endpoint.rfind(':'));
}

}  // namespace

void PodAddresses::add(const std::string& ip, const PodName& pod) {
  if (ip.empty() || is_loopback(ip)) return;
  const auto [known, added] = pods_.try_emplace(ip, pod);
  if (!added && known->second != pod) known->second = {};
}

void PodAddresses::add(const Target& target) {
  const PodName pod{target.ns, target.pod};
  if (target.admin) add(target.admin->host, pod);
  if (target.metrics) add(target.metrics->address.host, pod);
  if (target.grpc) add(target.grpc->address.host, pod);
  if (target.inbound) add(target.inbound->address.host, pod);
}

void PodAddresses::set_elsewhere(std::shared_ptr<const SliceAddresses> slices) {
  elsewhere_ = std::move(slices);
}

const PodName* PodAddresses::of_endpoint(std::string_view endpoint) const {
  const std::string_view host = host_of(endpoint);
  const auto it = pods_.find(host);
  if (it != pods_.end()) return it->second.pod.empty() ? nullptr : &it->second;
  return elsewhere_ && !is_loopback(host) ? elsewhere_->of(host) : nullptr;
}

}  // namespace mesh
