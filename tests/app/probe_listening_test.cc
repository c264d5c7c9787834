// What real gRPC servers say of themselves between two questions (Health/Watch).
#include "app/probe_watching.h"

namespace mesh::probe_listening_test {
namespace {

TEST_F(ProbeWatcherTest, shows_what_a_server_says_of_itself_at_once_and_counts_it_nowhere) {
  auto server = std::make_unique<HealthServing>();
  GrpcProbe one = probe("users", server->address(), 1h, {"", "a.B"});
  one.watch = true;
  watcher_->watch({one});
  ASSERT_TRUE(run_until_looked());
  EXPECT_THAT(statuses(), ElementsAre("serving", "service_unknown"));
  for (const bool up : {false, true, false}) {
    server->say("", !up);
    server->say("a.B", up);
    const auto said = steady_clock::now();
    const std::string first = up ? "not_serving" : "serving",
                      second = up ? "serving" : "not_serving";
    ASSERT_TRUE(run_until([&] { return statuses() == std::vector{first, second}; }));
    EXPECT_LT(steady_clock::now() - said, 5s);
  }
  EXPECT_EQ(only()->probes, 1u);
  server = nullptr;
  ASSERT_TRUE(run_until([&] { return statuses() == std::vector<std::string>(2, "unreachable"); }));
  EXPECT_EQ(only()->probes, 1u) << "nor that it is away";
}

TEST_F(ProbeWatcherTest, goes_on_asking_who_does_not_speak_of_itself) {
  std::mutex mutex;
  std::map<std::string, int> calls;
  const Serving server([&](const ServingCall& call) {
    const std::lock_guard lock(mutex);
    ++calls[call.path];
    if (call.path.ends_with("Watch")) return Served{12, "what is that", "", false};
    return Served{0, "", serving, false};
  });
  GrpcProbe one = probe("users", server.address(), 100ms);
  one.watch = true;
  watcher_->watch({one});
  ASSERT_TRUE(run_until([this] { return !statuses().empty() && only()->probes >= 4; }));
  EXPECT_EQ(only()->failures, 0u);
  const std::lock_guard lock(mutex);
  EXPECT_EQ(calls["/grpc.health.v1.Health/Watch"], 1) << "it is remembered";
}

}  // namespace
}  // namespace mesh::probe_listening_test
