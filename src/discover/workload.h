// The workload of a pod: the thing that people deploy and name, which the API server tells only
// through the pod's controller. A ReplicaSet is a Deployment's and has its name and a hash behind
// it, which the pod carries as a label; a Job may be a CronJob's and has the minute of its start
// behind its name.
#pragma once

#include <string>

#include "model/pod.h"

namespace mesh {

// "users" for the pod users-7c9d8f6b5-x2x4z of a Deployment. The controller's own name where it is
// of another kind, the pod's where it has none.
std::string workload_of(const Pod& pod);

}  // namespace mesh
