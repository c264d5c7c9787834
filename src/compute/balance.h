// Load balance over the window: how evenly requests fall on the endpoints of an upstream (or on the
// pods of a workload), whether a skew is more than luck, and what explains it.
//
// Skew or luck: Pearson's chi-squared test against the shares that are to be expected, at a
// significance so small that chance never wakes anybody, and besides an effect that is large enough
// to matter. Endpoints that would have got fewer than five requests cannot be told from luck; they
// are taken together, and where nothing is left to compare there is too little traffic to tell.
//
// Expected shares are not 1/n. What is tried, each alone explaining a skew that even shares do not:
//
//   ejected    endpoints that could not be chosen for a part of the window (outlier detection,
//              health, draining), or took no connection, have whatever share they got
//   locality   a client prefers its zone, or a priority: the shares within each are compared, not
//              the zones with each other. Only where a zone that took traffic has two endpoints to
//              compare: three pods in three zones explain nothing, unless the configuration
//              gives zones weights, of which no list of endpoints tells
//   warming    endpoints that joined or left within the window, likewise
//   weighted   by the weights in the endpoint list
//
// The cause of the rest: a connection-level balancer chooses once per connection, and HTTP/2 sends
// every request over the connection it has. Then requests follow connections: as many per
// connection everywhere, and CV² of the requests near (n−1)/C, what C connections thrown at random
// give, where requests chosen one by one would have (n−1)/S. A proxy that is known to choose per
// request cannot pin: its connections follow its requests.
#pragma once

#include <span>

#include "config/config.h"
#include "model/balance.h"

namespace mesh {

struct BalanceRules {
  double significance = 1e-6;
  // The effect: the busiest endpoint has so many times its share, or the endpoints together do the
  // work of less than this share of them.
  double largest_ratio = 1.5;
  double least_effective_share = 2.0 / 3;
  double starved_below = 0.1;  // or one of them has less than so much of its share
};

BalanceRules balance_rules(const BalanceConfig& config);

// `zones_weighed`: the configuration gives localities weights of their own.
Balance judge_balance(std::span<const EndpointLoad> loads, Chosen chosen,
                      const BalanceRules& rules = {}, bool zones_weighed = false);

}  // namespace mesh
