// An EndpointSlice: of each endpoint its address and the pod behind it. A slice that somebody wrote
// by hand may name whatever pod; those of its own namespace are believed, as its author may make
// pods there, too. Names of hosts, and endpoints of machines outside, are about no pod.
#include <algorithm>
#include <string>
#include <utility>

#include "base/host_port.h"
#include "base/limits.h"
#include "base/text.h"
#include "wire/json_fields.h"
#include "wire/kube_fields.h"
#include "wire/kube_name.h"

namespace mesh {
namespace {

using simdjson::dom::array;
using simdjson::dom::element;

// "" if it is of no pod.
std::string_view pod_of(const element& endpoint, std::string_view ns) {
  element who;
  if (endpoint["targetRef"].get(who) || text_in(who, "kind") != "Pod") return {};
  const std::string_view told = text_in(who, "namespace"), name = text_in(who, "name");
  const bool believed = (told.empty() || told == ns) && is_kube_name(name, longest_kube_name);
  return believed ? name : std::string_view();
}

// The first alone has a meaning; "" if there is none.
std::string address_of(const element& endpoint) {
  array addresses;
  std::string_view text;
  if (endpoint["addresses"].get(addresses) || addresses.at(0).get(text)) return "";
  std::string ip(text.substr(0, sample_bytes));
  return is_ip_address(ip) ? ip : "";
}

}  // namespace

template <>
Result<EndpointSlice> object_in<EndpointSlice>(const element& json) {
  const Result<KubeIdentity> who = kube_identity_in(json, "EndpointSlice");
  if (!who) return who.error();
  EndpointSlice slice{std::string(who->ns), std::string(who->name), {}};
  each_object_in(json, "endpoints", limits::endpoints_per_slice, [&](const element& it) {
    const std::string_view pod = pod_of(it, who->ns);
    std::string ip = pod.empty() ? "" : address_of(it);
    if (!ip.empty()) slice.addresses.push_back({std::move(ip), {slice.ns, std::string(pod)}});
  });
  // Readiness is not kept, and the order says nothing.
  std::ranges::sort(slice.addresses);
  slice.addresses.shrink_to_fit();
  return slice;
}

}  // namespace mesh
