// The sample page's client and its one upstream: how load is spread there, and one of everything
// that is told of a connection pool.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "compute/pools.h"
#include "model/snapshot.h"

namespace mesh::sample {

inline void add_balance(const std::string& upstream, TargetState& state) {
  UpstreamBalance balance;
  balance.upstream = upstream;
  balance.balance = {
      60, 3600, 60, 1, 2, 1.0, 1.0, 30.0, BalanceVerdict::balanced, 1, "10.0.0.7:50051"};
  balance.window_seconds = 30;
  state.balances = {balance};
  state.received = 60;
}

inline void add_pool(const std::string& upstream, TargetState& state) {
  UpstreamReading pool;
  pool.upstream = upstream;
  pool.connections = {2, 1024};
  pool.requests = {7, 100};
  pool.pending = {1, 50};
  pool.retries = {1, 3};
  pool.tells_retries = true;
  pool.open_breakers = {{"default", "pending"}};
  pool.speaks_http = true;
  state.upstreams = {pool};

  struct Count {
    Counted counted;
    const char* detail;
    std::uint64_t total;
  };
  const std::vector<Count> counts{
      {Counted::attempts, "", 1925},          {Counted::connections, "", 6},
      {Counted::recycled, "goaway", 2},       {Counted::overflows, "pending", 3},
      {Counted::connect_failures, "all", 5},  {Counted::connect_failures, "timeout", 2},
      {Counted::tls_failures, "verify", 1},   {Counted::ejections, "consecutive_5xx", 1},
      {Counted::unhealthy_picks, "panic", 4}, {Counted::timeouts, "per_try", 2},
      {Counted::retries, "started", 6},       {Counted::retries, "succeeded", 5},
      {Counted::by_security, "none", 1925},
  };
  std::vector<SeriesKey> keys = *state.traffic.keys;
  const auto add = [&](const SeriesKey& key, std::uint64_t total) {
    keys.push_back(key);
    state.traffic.totals.push_back(total);
    state.traffic.increases.push_back(0);
  };
  for (const Count& one : counts) {
    add({one.counted, Direction::outbound, upstream, "", "", "", one.detail}, one.total);
  }
  add({Counted::stream_refusals, Direction::inbound, "", "", "", "", ""}, 9);
  const SeriesKey of_web{Counted::tcp_opened, Direction::outbound, "users.shop", "", "", "",
                         "mutual_tls",        "shop/web"};
  add(of_web, 8);
  add({Counted::tcp_closed, Direction::inbound, "", "", "", "", "denied", "shop/web"}, 3);
  add({Counted::tcp_bytes, Direction::outbound, "users.shop", "", "", "", "sent", "shop/web"}, 700);
  state.ambient = AmbientProxies{12, 1};
  state.traffic.keys = std::make_shared<const std::vector<SeriesKey>>(std::move(keys));
  state.pools = pools_of(state.traffic, state.upstreams,
                         {{of_web.owner, of_web.direction, of_web.upstream, 2}});
}

}  // namespace mesh::sample
