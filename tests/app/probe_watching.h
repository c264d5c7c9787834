// A probe watcher before real gRPC servers, for its tests.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "app/probe_watcher.h"
#include "base/rethrow.h"
#include "grpc/serving.h"

namespace mesh {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using std::chrono::steady_clock;
using support::HealthServing;
using support::Served;
using support::Serving;
using support::ServingCall;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

inline const std::string serving("\x08\x01", 2);

inline GrpcProbe probe(const std::string& name, const Address& address,
                       std::chrono::milliseconds interval,
                       std::vector<std::string> services = {""}) {
  GrpcProbe one;
  one.name = name;
  one.whose.mesh = "";
  one.server.address = address;
  one.services = std::move(services);
  one.interval = interval;
  one.timeout = 5s;
  return one;
}

inline std::vector<std::string> numbered(int count) {
  std::vector<std::string> names;
  for (int i = 0; i < count; ++i) names.push_back("s" + std::to_string(i));
  return names;
}

// Where nobody listens.
inline Address nobody() {
  const HealthServing gone;
  return gone.address();
}

class ProbeWatcherTest : public ::testing::Test {
 protected:
  // `out` is filled when each was asked, or it was over.
  void probe_now(const std::string& name, ProbedNow& out, Instant latest = Instant::max(),
                 std::function<bool()> gone = {}) {
    const auto ask = [](asio::awaitable<ProbedNow> probing,
                        ProbedNow& now) -> asio::awaitable<void> {
      now = co_await std::move(probing);
    };
    asio::co_spawn(io_, ask(*watcher_->probe_now(name, latest, std::move(gone)), out), rethrow);
  }

  // False if it does not come true within twenty seconds.
  bool run_until(const std::function<bool()>& holds) {
    const auto end = steady_clock::now() + 20s;
    io_.restart();
    while (!holds()) {
      if (steady_clock::now() >= end) return false;
      io_.run_one_for(10ms);
    }
    return true;
  }

  bool run_until_looked() {
    return run_until([this] { return watcher_->all_looked(); });
  }

  std::vector<std::string> statuses() const {
    std::vector<std::string> all;
    for (const auto& one : watcher_->states()) all.emplace_back(to_string(one->look.status));
    return all;
  }

  std::shared_ptr<const GrpcHealthState> only() const { return watcher_->states().at(0); }

  asio::io_context io_{1};
  std::shared_ptr<ProbeWatcher> watcher_ = std::make_shared<ProbeWatcher>(io_.get_executor());
};

}  // namespace mesh
