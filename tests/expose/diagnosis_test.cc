// The diagnosis: what is wrong, what is fine and what was not seen, as a value, as JSON and as
// words.
#include "expose/diagnosis.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "compute/findings.h"
#include "expose/diagnosis_of.h"
#include "expose/sample_page.h"

namespace mesh::diagnosis_test {
namespace {

using sample::diagnosis_of;
using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

Finding pinned() {
  Finding finding;
  finding.name = "traffic_pinned";
  finding.severity = Severity::warning;
  finding.whose.mesh = "istio";
  finding.whose.ns = "shop";
  finding.whose.workload = "users";
  finding.where = "shop/users";
  finding.cause = "300 of 300 calls to users-1, one of 3 pods here";
  finding.evidence = {{"requests", 300, Unit::count},
                      {"window", 10, Unit::seconds},
                      {"p_value", 1e-40, Unit::ratio},
                      {"not_after", 1'760'003'602, Unit::unix_seconds}};
  finding.remedy = "declare the port as gRPC";
  finding.since = WallTime{std::chrono::seconds(1'759'999'942)};
  return finding;
}

Snapshot with_pinned() {
  Snapshot snapshot = sample::two_sidecars();
  snapshot.held_findings = {pinned()};
  return snapshot;
}

TEST(Diagnosis, has_the_worst_first) {
  const Diagnosis diagnosis = diagnosis_of(with_pinned());
  ASSERT_FALSE(diagnosis.found.empty());
  EXPECT_EQ(diagnosis.found.front().severity, "critical");
  EXPECT_THAT(diagnosis.found, Contains(Field(&Diagnosed::finding, "traffic_pinned")));
}

TEST(Diagnosis, says_what_was_looked_at_and_is_fine) {
  const Diagnosis diagnosis = diagnosis_of(with_pinned());
  EXPECT_THAT(diagnosis.healthy, Contains("traffic_uneven: none among 1 upstream"));
  EXPECT_THAT(diagnosis.healthy, Not(Contains(StartsWith("traffic_pinned"))));
}

TEST(Diagnosis, of_probes_alone_is_not_blind) {
  auto state = std::make_shared<GrpcHealthState>();
  state->whose.ns = "shop";
  state->name = "orders-0";
  state->look.status = HealthStatus::serving;
  Snapshot snapshot;
  snapshot.grpc_health = {state};
  EXPECT_EQ(diagnosis_of(snapshot).seen, 1u);
  EXPECT_THAT(diagnosis_of(snapshot).healthy,
              ElementsAre("grpc_not_serving: none among 1 gRPC service",
                          "grpc_probe_unusable: none among 1 gRPC service"));
  ReportFilter elsewhere;
  elsewhere.ns = "bank";
  EXPECT_EQ(diagnosis_of(snapshot, elsewhere).seen, 0u);
}

TEST(Diagnosis, counts_workloads_that_declare_what_is_called) {
  Snapshot snapshot = sample::two_sidecars();
  auto server = std::make_shared<TargetState>();
  server->target = snapshot.targets[0]->target;
  server->target.mesh = "proxyless";
  server->declared = std::make_shared<const DeclaredMethods>(
      DeclaredMethods{{{"user.v1.UserService", "Get"}}, 0, 0});
  snapshot.targets.push_back(server);
  const auto& keys = *snapshot.targets[0]->traffic.keys;
  ASSERT_THAT(keys, Contains(testing::Truly([](const SeriesKey& key) {
                return is_call_received(key) && !key.method.empty();
              })));
  EXPECT_THAT(diagnosis_of(snapshot).healthy,
              Contains("unknown_methods_called: none among 1 workload whose methods are known"));
}

TEST(Diagnosis, counts_applications_as_no_sidecars) {
  Snapshot snapshot = sample::two_sidecars();
  const auto before = diagnosis_of(snapshot).healthy;
  auto app = std::make_shared<TargetState>(*snapshot.targets[0]);
  app->target.mesh = "app";
  app->balances.clear();
  snapshot.targets.push_back(app);
  const auto after = diagnosis_of(snapshot).healthy;
  const auto sidecars = [](const std::string& line) {
    return line.ends_with(" sidecar") || line.ends_with(" sidecars");
  };
  EXPECT_TRUE(std::ranges::any_of(before, sidecars));
  for (const std::string& line : before) {
    if (sidecars(line)) {
      EXPECT_THAT(after, Contains(line));
    }
  }
}

TEST(Diagnosis, tells_applications_without_a_proxy_from_sidecars) {
  Snapshot snapshot = sample::two_sidecars();
  auto app = std::make_shared<TargetState>(*snapshot.targets[0]);
  app->target.mesh = "proxyless";
  app->balances.clear();
  snapshot.targets.push_back(app);
  EXPECT_THAT(diagnosis_of(snapshot).healthy,
              Contains("slow_admin: none among 1 sidecar and 1 proxyless application"));
  EXPECT_THAT(diagnosis_of(snapshot).healthy, Contains("pool_exhausted: none among 1 sidecar"));
  snapshot.targets = {app, app};
  EXPECT_THAT(diagnosis_of(snapshot).healthy,
              Contains("slow_admin: none among 2 proxyless applications"));
}

// channelz has no breakers, ejections, TLS or certificates.
TEST(Diagnosis, does_not_call_fine_what_an_application_cannot_show) {
  auto app = std::make_shared<TargetState>(*sample::two_sidecars().targets[0]);
  app->target.mesh = "proxyless";
  app->certificates.clear();
  Snapshot snapshot;
  snapshot.targets = {app};
  for (const FindingMaker* maker : finding_makers()) {
    if (maker->among != Among::sidecars) continue;
    EXPECT_THAT(diagnosis_of(snapshot).healthy,
                Not(Contains(StartsWith(std::string(maker->name) + ":"))));
  }
  EXPECT_THAT(diagnosis_of(snapshot).healthy, Contains(StartsWith("slow_admin:")));
}

TEST(Diagnosis, does_not_call_fine_what_it_cannot_tell) {
  Snapshot snapshot = sample::two_sidecars();
  auto client = std::make_shared<TargetState>(*snapshot.targets[0]);
  client->balances[0].balance.verdict = BalanceVerdict::too_little_traffic;
  snapshot.targets[0] = client;
  EXPECT_THAT(diagnosis_of(snapshot).healthy, Not(Contains(StartsWith("traffic_uneven"))));
}

TEST(Diagnosis, says_what_it_did_not_see) {
  EXPECT_THAT(diagnosis_of(with_pinned()).unseen,
              Contains("legacy: /server_info: connection refused"));
  Snapshot large = with_pinned();
  auto state = std::make_shared<TargetState>(*large.targets[0]);
  SettingsReading settings;
  settings.left_out = 7;
  state->settings = std::make_shared<const SettingsReading>(settings);
  large.targets[0] = state;
  EXPECT_THAT(diagnosis_of(large).unseen,
              Contains("shop/frontend-0: the settings of 7 upstreams beyond the bound"));
}

TEST(Diagnosis, has_seen_nothing_where_nothing_answered) {
  const Diagnosis diagnosis = diagnosis_of(sample::snapshot_of({sample::refusing()}));
  EXPECT_EQ(diagnosis.seen, 0u);
  EXPECT_THAT(diagnosis.healthy, IsEmpty());
  EXPECT_THAT(diagnosis_text(diagnosis, false), HasSubstr("nothing could be looked at"));
}

TEST(Diagnosis, of_an_upstream_says_nothing_of_what_is_no_upstreams) {
  const std::string users = sample::two_sidecars().targets[0]->balances.at(0).upstream;
  const Diagnosis diagnosis = diagnosis_of(sample::two_sidecars(), {"", "", users});
  EXPECT_EQ(diagnosis.seen, 1u);
  EXPECT_THAT(diagnosis.healthy, Not(IsEmpty()));
  for (const char* other : {"certificate", "files", "trust_bundle", "control_plane"}) {
    EXPECT_THAT(diagnosis.healthy, Each(Not(HasSubstr(other))));
  }
}

TEST(Diagnosis, has_seen_nothing_of_an_upstream_that_nobody_calls) {
  const Diagnosis diagnosis = diagnosis_of(sample::two_sidecars(), {"", "", "nope"});
  EXPECT_EQ(diagnosis.seen, 0u);
  EXPECT_THAT(diagnosis.healthy, IsEmpty());
}

TEST(Diagnosis, of_a_pod_says_nothing_of_files_and_bundles) {
  const Diagnosis diagnosis = diagnosis_of(sample::two_sidecars(), {"", "nope", ""});
  EXPECT_EQ(diagnosis.seen, 0u);
  EXPECT_THAT(diagnosis.healthy, IsEmpty());
}

TEST(Diagnosis, counts_only_files_and_bundles_that_can_be_read) {
  Snapshot snapshot;
  snapshot.files = std::make_shared<const WatchedFiles>(WatchedFiles{9, 2, 4, {}, {}});
  snapshot.trust_bundles.resize(2);
  snapshot.trust_bundles[0].certificates = std::make_shared<const std::vector<Certificate>>();
  auto files = std::make_shared<WatchedFiles>(*snapshot.files);
  files->warnings = {"/etc/tls/*.pem matches no file"};
  snapshot.files = files;
  const Diagnosis diagnosis = diagnosis_of(snapshot);
  EXPECT_THAT(diagnosis.unseen, ElementsAre("/etc/tls/*.pem matches no file"));
  EXPECT_THAT(diagnosis.healthy,
              Contains("certificate_file_unreadable: none among 3 readable files"));
  EXPECT_THAT(diagnosis.healthy, Contains("root_not_in_bundle: none among 1 trust bundle"));
  EXPECT_THAT(diagnosis.healthy, Not(Contains(StartsWith("trust_broken"))));
}

// Where it is to be mended: at the sidecar that forwards, and under the name it has there.
TEST(Diagnosis, of_the_sidecar_that_forwards_tells_what_it_pins) {
  Snapshot snapshot = with_pinned();
  const Target& client = snapshot.targets[0]->target;
  WorkloadBalance balance;
  balance.ns = "shop";
  balance.workload = "users";
  balance.forwarded_by = target_id(client);
  balance.forwarded_as = "users.shop.svc.cluster.local:50051";
  snapshot.workload_balances.push_back(balance);
  const auto pinned = Contains(Field(&Diagnosed::finding, "traffic_pinned"));
  EXPECT_THAT(diagnosis_of(snapshot, {"", client.pod, ""}).found, pinned);
  EXPECT_THAT(diagnosis_of(snapshot, {"", "", "users.shop"}).found, pinned);
  EXPECT_THAT(diagnosis_of(snapshot, {"", "legacy", ""}).found, Not(pinned));
  EXPECT_THAT(diagnosis_of(snapshot, {"", "", "orders"}).found, Not(pinned));
}

TEST(Diagnosis, is_narrowed_to_a_pod_and_its_workload) {
  const Diagnosis other = diagnosis_of(with_pinned(), {"elsewhere", "", ""});
  EXPECT_THAT(other.found, IsEmpty());
  Snapshot snapshot = with_pinned();
  TargetState pod;
  pod.target.ns = "shop";
  pod.target.pod = "users-1";
  pod.target.workload = "users";
  snapshot.targets.push_back(std::make_shared<const TargetState>(pod));
  const Diagnosis shop = diagnosis_of(snapshot, {"shop", "users-1", ""});
  EXPECT_THAT(shop.found, ElementsAre(Field(&Diagnosed::finding, "traffic_pinned")));
}

TEST(Diagnosis, comes_back_from_json_as_it_was) {
  const Diagnosis diagnosis = diagnosis_of(with_pinned());
  EXPECT_EQ(*parse_diagnosis(diagnosis_json(diagnosis)), diagnosis);
}

TEST(Diagnosis, takes_no_other_json_for_one) {
  EXPECT_FALSE(parse_diagnosis("[]"));
  EXPECT_FALSE(parse_diagnosis("{\"version\":2}"));
  EXPECT_FALSE(parse_diagnosis("<html>"));
}

TEST(DiagnosisText, leads_to_the_remedy) {
  const std::string text = diagnosis_text(diagnosis_of(with_pinned()), false);
  EXPECT_THAT(text, HasSubstr("warning  traffic_pinned  shop/users\n"
                              "    300 of 300 calls to users-1, one of 3 pods here\n"
                              "    since 1m ago\n"
                              "    evidence: requests 300, window 10.0 s, p_value < 1e-6, "
                              "not_after in 1h\n"
                              "    remedy: declare the port as gRPC\n"
                              "    more: docs/runbook.md#traffic_pinned\n"));
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
}

TEST(DiagnosisText, is_coloured_only_when_asked) {
  EXPECT_THAT(diagnosis_text(diagnosis_of(with_pinned()), true),
              HasSubstr("\x1b[33mwarning\x1b[0m"));
}

TEST(DiagnosisText, shows_nothing_that_moves_the_cursor) {
  Snapshot snapshot = with_pinned();
  snapshot.held_findings[0].cause = "a\x1b[2Jb\nc";
  EXPECT_THAT(diagnosis_text(diagnosis_of(snapshot), false), Not(HasSubstr("\x1b")));
}

TEST(Diagnosis, says_that_not_all_targets_can_be_found) {
  Snapshot snapshot;
  DiscoveryOutcome found;
  found.sources = {{"kubernetes", 0, {"cannot list pods: HTTP status 403"}, {}}};
  snapshot.discovery = std::make_shared<const DiscoveryOutcome>(std::move(found));
  const SelfNumbers self = sample::self();
  const PageOptions options = sample::options();
  EXPECT_THAT(diagnose({snapshot, self, options}, {}).unseen,
              ElementsAre("cannot list pods: HTTP status 403"));
}

}  // namespace
}  // namespace mesh::diagnosis_test
