// Which gRPC servers of a pod are to be asked for their health: a pure function from a Pod to
// probes.
//
// Nobody is asked who does not want it. A pod opts in by an annotation of its own, and may say more
// by two others:
//   mesh-exporter.io/grpc-probe: "true"
//   mesh-exporter.io/grpc-probe-port: "50051"             asked there and nowhere else
//   mesh-exporter.io/grpc-probe-services: a.v1.B, a.v1.C  asked for these and for nothing else
// Without them it is asked as the kubelet asks it, at the ports and for the services of
// livenessProbe.grpc and readinessProbe.grpc (Istio's injector replaces them, and keeps what they
// were in a variable of its sidecar), and at ports whose names begin with "grpc" for the server
// as a whole, but for those of gRPC-Web and of TLS ("grpcs"). Questions are plain text, as the
// kubelet's are.
//
// Once it has been told to end a pod is not asked any more: that it no longer serves is no outage.
#pragma once

#include <string>
#include <vector>

#include "discover/recognise.h"
#include "model/grpc_probe.h"
#include "model/pod.h"

namespace mesh {

struct PodProbes {
  std::vector<GrpcProbe> probes;   // one for each port; named POD:PORT
  std::string why_none;            // of a pod that opted in and is as it should be; "": there are
  std::vector<std::string> wrong;  // annotations that were passed over, in words
};

// `seen` is what was recognised in the pod.
PodProbes probes_of(const Pod& pod, const PodRecognition& seen);

}  // namespace mesh
