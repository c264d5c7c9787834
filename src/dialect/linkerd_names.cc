// Taking the names apart; see linkerd_names.h.
#include "dialect/linkerd_names.h"

#include <algorithm>

#include "base/text.h"

namespace mesh {
namespace {

constexpr std::string_view service_part = ".svc.";

// What stands before the last colon, or all of it.
std::string_view host_of(std::string_view address) { return address.substr(0, address.rfind(':')); }

}  // namespace

std::string_view cluster_domain(std::string_view authority) {
  std::string_view host = host_of(authority);
  if (host.ends_with('.')) host.remove_suffix(1);
  const std::size_t found = host.find(service_part);
  return found == std::string_view::npos ? std::string_view()
                                         : host.substr(found + service_part.size());
}

std::string plain_name(std::string_view authority) {
  const std::size_t found = host_of(authority).find(service_part);
  if (found == std::string_view::npos) return std::string(authority);
  const std::string_view name = authority.substr(0, found + service_part.size() - 1);
  return std::string(name).append(authority.substr(host_of(authority).size()));
}

std::string plain_name(const Sample& sample, std::string_view role) {
  const auto label = [&](std::string_view what) {
    return sample.label(std::string(role).append("_").append(what));
  };
  if (label("name").empty()) return {};
  std::string plain;
  if (label("kind") == "Service") {
    plain.append(label("name")).append(".").append(label("namespace")).append(".svc");
  } else {
    plain.append(label("kind")).append("/").append(label("namespace"));
    plain.append("/").append(label("name"));
  }
  return plain.append(":").append(label("port"));
}

std::string with_domain(std::string plain, std::string_view domain) {
  const std::string_view host = host_of(plain);
  if (!host.ends_with(".svc")) return plain;
  return plain.insert(host.size(), std::string(".").append(domain));
}

std::string_view upstream_of_endpoint(const Sample& sample) {
  const std::string_view authority = sample.label("authority");
  return authority.empty() ? sample.label("target_addr") : authority;
}

std::optional<GrpcPath> method_of_route(std::string_view route) {
  take_front(route, "POST ");
  return read_grpc_path(route);
}

std::string_view inbound_port(const Sample& sample) {
  const std::string_view port = sample.label("target_port");
  if (!port.empty()) return port;
  const std::string_view address = sample.label("target_addr");
  return address.substr(std::min(host_of(address).size() + 1, address.size()));
}

}  // namespace mesh
