// What the diagnosis does not call fine: what is wrong and does not last yet, what nobody looked
// at.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "expose/diagnosis.h"
#include "expose/sample_page.h"

namespace mesh::diagnosis_not_fine_test {
namespace {

using testing::Contains;
using testing::Not;
using testing::StartsWith;

Diagnosis of(const Snapshot& snapshot, const ReportFilter& filter = {}) {
  const SelfNumbers self = sample::self();
  const PageOptions options = sample::options();
  return diagnose({snapshot, self, options}, filter);
}

// CSDS tells what an xDS client was sent, and not whether it is connected.
TEST(Diagnosis, does_not_call_connected_of_whom_that_is_not_told) {
  auto client = std::make_shared<TargetState>();
  client->target.mesh = "proxyless";
  client->up = true;
  client->control_plane.updates.resize(1);
  Snapshot snapshot;
  snapshot.targets = {client};
  EXPECT_THAT(of(snapshot).healthy, Contains("config_rejected: none among 1 client of a control "
                                             "plane"));
  EXPECT_THAT(of(snapshot).healthy, Not(Contains(StartsWith("control_plane_unreachable"))));
  client->control_plane.links.resize(1);
  client->control_plane.links[0].connected = true;
  snapshot.targets = {client, client};
  EXPECT_THAT(of(snapshot).healthy, Contains("control_plane_unreachable: none among 2 clients "
                                             "whose connections are told"));
}

}  // namespace
}  // namespace mesh::diagnosis_not_fine_test
