// The meshes one by one, and what they share: looking for a container, an argument, a port. Each
// function tells what it sees of its mesh in a pod and nothing of the others.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "discover/recognise.h"
#include "model/pod.h"

namespace mesh {

struct MeshView {
  std::vector<Recognised> found;
  // Of a pod without a proxy of this mesh: whether it was told to have one, or not to.
  MeshState intent = MeshState::unmeshed;
  std::string remark;  // why there is none
};

// `before` is what the ones above in the list have recognised in the same pod.
MeshView recognise_linkerd(const Pod& pod, std::span<const Recognised> before);
MeshView recognise_consul(const Pod& pod, std::span<const Recognised> before);
MeshView recognise_istio(const Pod& pod, std::span<const Recognised> before);
MeshView recognise_appmesh(const Pod& pod, std::span<const Recognised> before);
MeshView recognise_proxyless(const Pod& pod, std::span<const Recognised> before);
MeshView recognise_envoy(const Pod& pod, std::span<const Recognised> before);
MeshView recognise_app(const Pod& pod, std::span<const Recognised> before);

// A target of this mesh in this pod, without doors.
Recognised recognised(const Pod& pod, const PodContainer& container, std::string_view mesh);

// The page of a control plane that runs in this container, spoken to in this dialect.
Recognised recognised_plane(const Pod& pod, const PodContainer& container, std::string_view dialect,
                            std::uint16_t port, std::string path);

// Null if there is none.
const PodContainer* container_named(const Pod& pod, std::string_view name);

// pilot-agent alone, beside an application that speaks xDS itself.
bool is_agent_without_envoy(const PodContainer& container);

bool is_among(std::span<const Recognised> found, const PodContainer& container);

// "-flag=VALUE" or "-flag", "VALUE", with one dash or two; "" if there is none.
std::string_view argument_of(const PodContainer& container, std::string_view flag);

// A port that is declared under this name.
std::optional<std::uint16_t> port_named(const PodContainer& container, std::string_view name);

// 1 to 65535 and nothing else.
std::optional<std::uint16_t> parse_port(std::string_view text);

// "edge-26.8.2" of "cr.l5d.io/linkerd/proxy:edge-26.8.2"; "" where there is none, or a digest only.
std::string image_tag(std::string_view image);

// At the pod's address. REQUIRES: the pod has one, or the target is never asked.
Address address_at(const Pod& pod, std::uint16_t port);
HttpEndpoint page_at(const Pod& pod, std::uint16_t port, std::string path);

// A field of a flat JSON object that a variable holds, without its quotes; "" if there is none.
std::string json_field(std::string_view object, std::string_view key);

// "its admin port, 15000, listens on the pod's loopback only"
std::string loopback_words(std::uint16_t port);

}  // namespace mesh
