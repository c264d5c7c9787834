// The balance of every upstream of one target: its endpoints with what the window counted of them.
#pragma once

#include <vector>

#include "base/clock.h"
#include "compute/balance.h"
#include "compute/endpoint_presence.h"
#include "model/balance.h"
#include "model/readings.h"
#include "model/snapshot.h"

namespace mesh {

struct UpstreamLoads {
  std::string upstream, subset;
  std::vector<EndpointLoad> loads;

  bool operator==(const UpstreamLoads&) const = default;
};

// Of outbound upstreams, in the order of their names. Not of one that has endpoints beyond the
// bound: what was summed into "other" cannot be compared. Nothing before the window has two
// samples.
std::vector<UpstreamLoads> upstream_loads(const CounterView& requests,
                                          const std::vector<EndpointReading>& endpoints,
                                          const EndpointPresence& presence, Instant now);

// Their balances. `upstreams` tells which of them the proxy takes part in HTTP with, `settings`
// which have zones with weights; null: not known.
std::vector<UpstreamBalance> upstream_balances(const std::vector<UpstreamLoads>& loads,
                                               const std::vector<UpstreamReading>& upstreams,
                                               const SettingsReading* settings,
                                               double window_seconds, const BalanceRules& rules);

}  // namespace mesh
