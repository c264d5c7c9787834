// How a certificate is renewed now, and where it says why it was not, in the words of each mesh.
#pragma once

#include <array>

#include "compute/findings/remedy.h"

namespace mesh {

inline constexpr std::array renewal_remedies{
    Remedy{
        "istio",
        "kubectl rollout restart of the workload gets a new one; why the old one was not renewed: "
        "istioctl proxy-config secret POD -n NAMESPACE, the log of istio-proxy in the pod and of "
        "istiod"},
    Remedy{
        "linkerd",
        "kubectl rollout restart of the workload gets a new one; why the old one was not renewed: "
        "linkerd check --proxy, the log of linkerd-identity"},
    Remedy{"consul",
           "restart the proxy to get a new one; why the old one was not renewed: consul connect ca "
           "get-config, the log of the Consul agent"},
    Remedy{
        "",
        "find out which is behind with mesh_exporter certificates: a file that is old was not "
        "renewed (ask its issuer: cmctl renew NAME, spire-agent healthcheck); a file that is new "
        "was not loaded (restart who serves it)"},
};

}  // namespace mesh
