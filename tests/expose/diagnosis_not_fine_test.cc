// What the diagnosis does not call fine: what is wrong and does not last yet, what nobody looked
// at.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "compute/findings.h"
#include "expose/diagnosis.h"
#include "expose/diagnosis_of.h"
#include "expose/sample_page.h"

namespace mesh::diagnosis_not_fine_test {
namespace {

using sample::diagnosis_of;
using testing::Contains;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

// Asked at a quarter of the pace, and no book has seen it.
Snapshot with_slow() {
  Snapshot snapshot = sample::two_sidecars();
  auto slow = std::make_shared<TargetState>(*snapshot.targets[0]);
  slow->poll_interval = std::chrono::seconds(60);
  slow->intervals_per_poll = 4;
  slow->scrape_seconds = 3;
  slow->unanswered.clear();
  snapshot.targets[0] = slow;
  return snapshot;
}

// True of what was last seen, and only not for long enough: neither a finding nor fine, whether or
// not a look at all together came since.
TEST(Diagnosis, does_not_call_fine_what_is_pending) {
  Snapshot snapshot = with_slow();
  const std::string cause =
      "the answers of the last poll took 3.0 s; it is asked every 1m instead of every 15s";
  for (const std::string since : {"0s", "1m"}) {
    const Diagnosis diagnosis = diagnosis_of(snapshot);
    EXPECT_THAT(diagnosis.pending, Contains(Field(&Diagnosed::finding, "slow_admin")));
    EXPECT_THAT(diagnosis.found, Not(Contains(Field(&Diagnosed::finding, "slow_admin"))));
    EXPECT_THAT(diagnosis.healthy, Not(Contains(StartsWith("slow_admin"))));
    EXPECT_THAT(diagnosis_of(snapshot, {"elsewhere", "", ""}).pending, IsEmpty());
    EXPECT_THAT(diagnosis_text(diagnosis, false),
                HasSubstr("not long enough yet: slow_admin shop/frontend-0: " + cause + ", since " +
                          since + " ago\n"));
    EXPECT_EQ(*parse_diagnosis(diagnosis_json(diagnosis)), diagnosis);
    // Now the book has it, since when it looked first.
    snapshot.pending_findings = pending_findings(snapshot, sample::self().now);
    for (Finding& one : snapshot.pending_findings) {
      one.since = WallTime{std::chrono::seconds(1'759'999'942)};
    }
  }
  snapshot.held_findings = snapshot.pending_findings;
  EXPECT_THAT(diagnosis_of(snapshot).pending, IsEmpty());
  EXPECT_THAT(diagnosis_of(snapshot).found, Contains(Field(&Diagnosed::finding, "slow_admin")));
  snapshot.targets[0] = sample::two_sidecars().targets[0];
  snapshot.held_findings.clear();
  EXPECT_THAT(diagnosis_of(snapshot).pending,
              Not(Contains(Field(&Diagnosed::finding, "slow_admin"))))
      << "it is over, whatever the book has seen";
  EXPECT_THAT(diagnosis_of(snapshot).healthy, Contains(StartsWith("slow_admin")));
}

TEST(Diagnosis, says_of_whom_nobody_was_asked_yet) {
  Snapshot snapshot;
  UnaskedProbe probe{{}, "orders-0"};
  probe.whose.ns = "shop";
  snapshot.unasked_probes = {probe};
  auto door = std::make_shared<TlsEndpointState>();
  door->name = "gateway";
  snapshot.tls_endpoints = {door};
  EXPECT_THAT(diagnosis_of(snapshot).unseen,
              ElementsAre("gateway: not asked yet", "shop/orders-0: not asked yet"));
  EXPECT_THAT(diagnosis_of(snapshot, {"bank", "", ""}).unseen, IsEmpty());
}

// CSDS tells what an xDS client was sent, and not whether it is connected.
TEST(Diagnosis, does_not_call_connected_of_whom_that_is_not_told) {
  auto client = std::make_shared<TargetState>();
  client->target.mesh = "proxyless";
  client->up = true;
  client->control_plane.updates.resize(1);
  Snapshot snapshot;
  snapshot.targets = {client};
  EXPECT_THAT(diagnosis_of(snapshot).healthy,
              Contains("config_rejected: none among 1 client of a control "
                       "plane"));
  EXPECT_THAT(diagnosis_of(snapshot).healthy,
              Not(Contains(StartsWith("control_plane_unreachable"))));
  client->control_plane.links.resize(1);
  client->control_plane.links[0].connected = true;
  snapshot.targets = {client, client};
  EXPECT_THAT(diagnosis_of(snapshot).healthy,
              Contains("control_plane_unreachable: none among 2 clients "
                       "whose connections are told"));
}

}  // namespace
}  // namespace mesh::diagnosis_not_fine_test
