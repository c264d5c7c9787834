// What was found since all was judged last: findings are judged once an interval, and a page may be
// asked for at any time.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <exception>

#include "app/probe_watching.h"
#include "app/watchers.h"
#include "expose/diagnosis.h"

namespace mesh::just_failed_test {
namespace {

using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;
using ::testing::StartsWith;

Diagnosis diagnosis_by(const Watchers& watchers) {
  const auto snapshot = watchers.snapshot();
  const SelfNumbers self{std::chrono::system_clock::now(), {}};
  const PageOptions options;
  return diagnose({*snapshot, self, options}, {});
}

TEST(Watchers, do_not_call_healthy_what_has_just_failed) {
  Config config;
  config.poll.interval = std::chrono::hours(1);
  GrpcProbe probe;
  probe.name = "users";
  probe.server.address = nobody();
  config.probes.grpc = {probe};
  boost::asio::io_context io{1};
  Watchers watchers(io.get_executor(), config);
  watchers.start([](std::exception_ptr) {});
  EXPECT_THAT(diagnosis_by(watchers).unseen, ElementsAre("users: not asked yet"));
  const Instant deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!watchers.all_looked() && std::chrono::steady_clock::now() < deadline) {
    io.run_one_for(std::chrono::milliseconds(100));
  }
  const Diagnosis diagnosis = diagnosis_by(watchers);
  EXPECT_THAT(diagnosis.unseen, IsEmpty());
  EXPECT_THAT(diagnosis.pending, ElementsAre(Field(&Diagnosed::finding, "grpc_not_serving")));
  EXPECT_THAT(diagnosis.healthy, ElementsAre(StartsWith("grpc_probe_unusable: ")));
}

}  // namespace
}  // namespace mesh::just_failed_test
