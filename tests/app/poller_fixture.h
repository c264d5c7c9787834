// A poller and the admin servers of its targets, which behave or misbehave as a test says.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "app/poller.h"
#include "dialect/dialects.h"
#include "support/fake_admin.h"

namespace mesh::support {
namespace asio = boost::asio;
using std::chrono::milliseconds;
using std::chrono::seconds;

inline constexpr const char* good_stats =
    "cluster.c.grpc.S.M.0: 7\ncluster.c.upstream_rq_total: 7\nserver.state: 0\n";
inline constexpr const char* server_info =
    R"({"version":"abc/1.40.0/Clean/RELEASE/BoringSSL","state":"LIVE","uptime_current_epoch":"90s"})";
inline constexpr const char* clusters = R"({"cluster_statuses":[{"name":"c"}]})";

// A proxy as it should be.
inline void behave(FakeAdmin& admin, const std::string& stats = good_stats) {
  Target target;
  target.admin = admin.address();
  const Step first = find_dialect("envoy")->open(target, Config{})->begin(Instant{});
  admin.on(std::get<Request>(first).path, habits::page(stats));
  admin.on("/server_info", habits::page(server_info));
  admin.on("/clusters?format=json", habits::page(clusters));
}

inline asio::awaitable<void> run(std::shared_ptr<Poller> poller) { co_await poller->run(); }

class PollerTest : public ::testing::Test {
 protected:
  Target target(const std::string& name, const FakeAdmin& admin) {
    Target target;
    target.pod = name;
    target.admin = admin.address();
    return target;
  }

  std::shared_ptr<Poller> poll(std::vector<Target> targets) {
    Config config;
    config.poll = {std::max(milliseconds(100), timeout_), timeout_, seconds(60), seconds(60), 4};
    config.limits.body_bytes = 2u << 20;
    config.cgroup_root = MESH_TESTS_DIR "/fixtures/cgroup/v2";
    auto poller = std::make_shared<Poller>(io_.get_executor(), config,
                                           [this](const Target& target, std::string_view dialect) {
                                             recognised_.emplace_back(target.pod, dialect);
                                           });
    poller->watch(std::move(targets));
    asio::co_spawn(io_, run(poller), asio::detached);
    return poller;
  }

  // Runs the poller until the condition holds; false if it does not within 20 s.
  bool until(const std::function<bool()>& condition) {
    const Instant deadline = std::chrono::steady_clock::now() + seconds(20);
    while (!condition()) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      io_.run_one_for(milliseconds(100));
    }
    return true;
  }

  static std::uint64_t failures(const TargetState& state, Reason reason) {
    return state.failures[static_cast<std::size_t>(reason)];
  }

  milliseconds timeout_{80};
  asio::io_context io_{1};
  std::vector<std::pair<std::string, std::string>> recognised_;  // pod, dialect
};

}  // namespace mesh::support
