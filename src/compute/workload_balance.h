// The other side of balance: what each pod of one workload received, of the pods on this node.
//
// Where a proxy forwards HTTP/2 as plain TCP, the client's side shows one request per connection
// and nothing else; only the receiving pods know that 300 calls came over it. Pods of other nodes
// are not seen here: recording rules merge the additive metrics.
#pragma once

#include <string>
#include <vector>

#include "compute/balance.h"
#include "model/balance.h"
#include "model/snapshot.h"

namespace mesh {

// Of workloads that have a name and two or more pods here, in the order of their names. By what
// their proxies count, or, where these count no calls, by what the applications count themselves.
std::vector<WorkloadBalance> workload_balances(const Snapshot& snapshot, const BalanceRules& rules);

// Whether an upstream ("users.shop.svc.cluster.local:50051", Consul's
// "users.default.dc1.internal.…", "users") is this workload by name. A guess, good for a hint only.
bool names_workload(const std::string& upstream, const std::string& ns,
                    const std::string& workload);

}  // namespace mesh
