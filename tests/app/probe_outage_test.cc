// Probes of real gRPC servers in an outage: what is counted, what is logged, and who decides what
// it is.
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "app/probe_watcher.h"
#include "app/probe_watching.h"

namespace mesh::probe_outage_test {
namespace {

TEST_F(ProbeWatcherTest, takes_who_writes_that_he_is_not_there_for_who_answers) {
  const Serving server([](const ServingCall&) {
    return Served{14, "Connection refused", "", false};
  });
  watcher_->watch({probe("users", server.address(), 1h)});
  ASSERT_TRUE(run_until_looked());
  EXPECT_THAT(statuses(), ElementsAre("failed"));
  EXPECT_EQ(only()->look.words, "UNAVAILABLE: Connection refused");
}

}  // namespace
}  // namespace mesh::probe_outage_test
