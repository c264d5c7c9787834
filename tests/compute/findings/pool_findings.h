// What the tests of findings about connection pools start from: a sidecar in good health.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "compute/findings/all.h"
#include "compute/pools.h"

namespace mesh {

struct Count {
  Counted counted;
  std::string detail;
  std::uint64_t increase;
  Direction direction = Direction::outbound;
};

inline const std::string users = "users:50051";

// A sidecar that answers, with a thousand calls on three connections to users in the window.
class PoolFindings : public testing::Test {
 protected:
  PoolFindings() {
    state_.up = true;
    state_.target.ns = "shop";
    state_.target.pod = "storefront-0";
    UpstreamReading& pool = state_.upstreams.emplace_back();
    pool.upstream = users;
    pool.connections = {3, 1024};
    pool.requests = {20, 100};
    pool.pending = {0, 50};
    pool.retries = {0, 3};
    pool.speaks_http = true;
    count({Counted::attempts, "", 1000});
    count({Counted::connections, "", 3});
  }

  UpstreamReading& pool() { return state_.upstreams[0]; }

  void count(const Count& one) {
    const bool inbound = one.direction == Direction::inbound;
    keys_.push_back({one.counted, one.direction, inbound ? "" : users, "", "", "", one.detail});
    increases_.push_back(one.increase);
  }

  std::vector<Finding> found() {
    state_.traffic.keys = std::make_shared<const std::vector<SeriesKey>>(keys_);
    state_.traffic.totals = state_.traffic.increases = increases_;
    state_.traffic.window_seconds = 60;
    state_.pools = pools_of(state_.traffic, state_.upstreams);
    Snapshot snapshot;
    snapshot.targets = {std::make_shared<const TargetState>(state_)};
    std::vector<Finding> all;
    for (const FindingMaker* maker : all_findings) maker->find(snapshot, WallTime{}, all);
    return all;
  }

  // "severity name subject: cause" of each.
  std::vector<std::string> words() {
    std::vector<std::string> lines;
    for (const Finding& one : found()) {
      lines.push_back(std::string(to_string(one.severity)) + " " + std::string(one.name) +
                      (one.subject.empty() ? "" : " " + one.subject) + ": " + one.cause);
    }
    return lines;
  }

  void endpoint(const std::string& address, EndpointState state) {
    EndpointReading one;
    one.upstream = users;
    one.address = address;
    one.state = state;
    state_.endpoints.push_back(one);
  }

  TargetState state_;
  std::vector<SeriesKey> keys_;
  std::vector<std::uint64_t> increases_;
};

}  // namespace mesh
