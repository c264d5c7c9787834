// The ledger of a real ztunnel's connections against the page that Prometheus reads: each count
// comes out as the clients made it, or the difference is the ztunnel's own blind spot and named.
// Then what no recording has: a restart, a workload without a name, more of them than may be.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "app/recorded_proxy.h"
#include "compute/assemble.h"
#include "compute/findings.h"
#include "compute/target_history.h"
#include "dialect/dialects.h"
#include "expose/metrics_page.h"
#include "wire/exposition.h"

namespace mesh::support::ztunnel_exposition_test {
namespace {

using std::chrono::seconds;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::Pair;
using Rows = std::map<std::string, double>;

// The labels of a row that are not empty, without mesh and who counted it; joined by spaces.
std::string name_of(const Sample& sample) {
  std::string name;
  for (const Label& label : sample.labels) {
    if (label.name == "mesh" || label.name == "ztunnel" || label.value.empty()) continue;
    name.append(name.empty() ? "" : " ").append(label.name).append("=").append(label.value);
  }
  return name;
}

class ZtunnelExposition : public ::testing::Test {
 protected:
  explicit ZtunnelExposition(const Config& config = {})
      : config_(config),
        conversation_(find_dialect("ztunnel")->open(target(), config_)),
        history_(labelled(target()), config_) {}

  static Target target() {
    Target target;
    target.mesh = "ztunnel";
    target.ns = "istio-system";
    target.pod = "ztunnel-x";
    target.workload = "ztunnel";
    target.metrics = HttpEndpoint{{"10.0.0.9", 15020, ""}, "/metrics"};
    return target;
  }

  static std::string recorded(const std::string& name) {
    return read_file(MESH_TESTS_DIR "/fixtures/ztunnel/2026-08-20/" + name + ".txt");
  }

  // One poll, 15 s after the one before.
  void poll(const std::string& body) {
    now_ += seconds(15);
    Step step = conversation_->begin(now_);
    ASSERT_TRUE(std::holds_alternative<Request>(step));
    step = conversation_->hear(Response{200, body, 1, now_, now_, wall()});
    ASSERT_TRUE(std::holds_alternative<Readings>(step));
    history_.record(std::get<Readings>(step), {wall(), now_, seconds(0), body.size()});
  }

  WallTime wall() const { return WallTime{} + seconds(1'800'000'000) + (now_ - Instant{}); }

  Snapshot snapshot() {
    Snapshot snapshot;
    snapshot.at = wall();
    snapshot.targets = {history_.state(now_, wall())};
    snapshot.folded = sum_folds({history_.folded()});
    return snapshot;
  }

  Rows rows(const std::string& family) {
    const Snapshot all = snapshot();
    const SelfNumbers self;
    const PageOptions options;
    Rows rows;
    read_exposition(
        render_metrics_page({all, self, options}, Format::prometheus_text),
        [&](const Sample& sample) {
          if (sample.name != family) return;
          EXPECT_EQ(sample.label("mesh"), "istio");
          // Of what it counts for others.
          const bool told = family.starts_with("mesh_tcp_") && sample.label("pod").empty();
          EXPECT_EQ(sample.label("ztunnel"), told ? "ztunnel-x" : sample.label("ztunnel"));
          rows[name_of(sample)] = sample.value;
        });
    return rows;
  }

  Config config_;
  std::unique_ptr<Conversation> conversation_;
  TargetHistory history_;
  Instant now_ = Instant{} + seconds(100'000);
};

const std::string of_web = "namespace=shop workload=web direction=";
const std::string to_service = of_web + "outbound upstream=user-service.shop.svc.cluster.local ",
                  to_pod = of_web + "outbound upstream=user-service.shop ",
                  to_plain = of_web + "outbound upstream=plain.legacy ",
                  outside = of_web + "outbound ", received = of_web + "inbound ";

// 6 to the address of the Service, the one with 34 gRPC calls and the one held open; to the pod one
// that was fine, 3 that the policy denied and 2 to a port where nobody listens; and so on. What
// carried the gRPC calls is one connection like any other.
const Rows opened{{to_service + "security=mutual_tls", 8},
                  {to_pod + "security=mutual_tls", 6},
                  {to_plain + "security=unknown", 7},
                  {outside + "security=unknown", 2},
                  {received + "security=mutual_tls", 14}};

// The caller's side cannot tell the denials from the refused: 5 are connect_failed there.
Rows closed(double completed) {
  return {{to_service + "result=completed", completed},
          {to_pod + "result=completed", 1},
          {to_pod + "result=connect_failed", 5},
          {to_plain + "result=completed", 5},
          {to_plain + "result=connect_failed", 2},
          {outside + "result=completed", 2},
          {received + "result=completed", completed + 1},
          {received + "result=connect_failed", 2},
          {received + "result=denied", 3}};
}

Rows open(double to_the_service) {
  return {{of_web + "outbound upstream=user-service.shop.svc.cluster.local", to_the_service},
          {of_web + "outbound upstream=user-service.shop", 0},
          {of_web + "outbound upstream=plain.legacy", 0},
          {of_web + "outbound", 0},
          {of_web + "inbound", to_the_service}};
}

TEST_F(ZtunnelExposition, tells_the_ledger_while_a_connection_is_open_and_after) {
  poll(recorded("idle"));
  EXPECT_THAT(rows("mesh_tcp_connections_opened_total"), IsEmpty());
  poll(recorded("open"));
  EXPECT_EQ(rows("mesh_tcp_connections_opened_total"), opened);
  EXPECT_EQ(rows("mesh_tcp_connections_closed_total"), closed(7));
  EXPECT_EQ(rows("mesh_tcp_connections"), open(1));
  poll(recorded("after"));
  EXPECT_EQ(rows("mesh_tcp_connections_opened_total"), opened);
  EXPECT_EQ(rows("mesh_tcp_connections_closed_total"), closed(8));
  EXPECT_EQ(rows("mesh_tcp_connections"), open(0));
  EXPECT_EQ(rows("mesh_policy_denials_total"),
            (Rows{{"namespace=shop workload=web mode=enforced", 3}}));
  EXPECT_THAT(rows("mesh_ambient_proxies"), IsEmpty()) << "it plays one workload's, and keeps none";
}

TEST_F(ZtunnelExposition, tells_the_ledger_of_the_nodes_shared_one) {
  const std::string itself = "namespace=istio-system pod=ztunnel-x workload=ztunnel ";
  poll(recorded("shared_idle"));
  EXPECT_EQ(rows("mesh_ambient_proxies"),
            (Rows{{itself + "state=active", 1}, {itself + "state=pending", 0}}));
  poll(recorded("shared_open"));
  EXPECT_EQ(rows("mesh_tcp_connections_opened_total"), opened);
  EXPECT_EQ(rows("mesh_tcp_connections_closed_total"), closed(7));
  EXPECT_EQ(rows("mesh_tcp_connections"), open(1));
  EXPECT_EQ(rows("mesh_sidecar_info"), (Rows{{itself.substr(0, itself.size() - 1), 1}}));
}

// 100 bytes there and back for each echo, 50 of the one held open. What the gRPC calls take is
// known to nobody else: the sides agree, and there are more than the echoes account for.
TEST_F(ZtunnelExposition, tells_the_bytes_of_the_ledger) {
  poll(recorded("open"));
  const Rows bytes = rows("mesh_tcp_bytes_total");
  EXPECT_EQ(bytes.at(to_pod + "kind=received"), 100);
  EXPECT_EQ(bytes.at(to_pod + "kind=sent"), 100);
  EXPECT_EQ(bytes.at(outside + "kind=received"), 200);
  EXPECT_EQ(bytes.at(outside + "kind=sent"), 200);
  for (const std::string kind : {"kind=received", "kind=sent"}) {
    EXPECT_GT(bytes.at(to_plain + kind), 400);
    EXPECT_GT(bytes.at(to_service + kind), 650);
    EXPECT_EQ(bytes.at(received + kind), bytes.at(to_service + kind) + bytes.at(to_pod + kind));
  }
  EXPECT_EQ(bytes.size(), 10u);
}

TEST_F(ZtunnelExposition, finds_what_was_denied_and_what_could_not_be_made) {
  poll(recorded("idle"));
  poll(recorded("after"));
  std::map<std::string, std::string> found;  // by name and where and upstream
  std::vector<Finding> all;
  for (const FindingMaker* maker : finding_makers()) maker->find(snapshot(), wall(), all);
  for (const Finding& one : all) {
    found[std::string(one.name) + " " + one.where + " " + one.upstream] = one.cause;
  }
  EXPECT_THAT(
      found,
      ElementsAre(
          Pair("connect_failures shop/web user-service.shop",
               "5 connections to user-service.shop could not be made (83 % of "
               "those tried): refused or not answered, or denied by a policy of the other side")));
}

// ---- what no recording has ----

std::string line(const std::string& family, const std::string& labels, double value) {
  return "istio_tcp_" + family + "_total{reporter=\"source\"," + labels +
         ",connection_security_policy=\"mutual_tls\"} " + std::to_string(value) + "\n";
}

std::string caller(const std::string& name) {
  return "source_workload=\"" + name +
         "\",source_workload_namespace=\"shop\",destination_service=\"b.shop.svc\"";
}

const std::string fine = ",response_flags=\"-\"";

TEST_F(ZtunnelExposition, never_falls_through_a_restart) {
  const std::string a = caller("a") + fine, c = caller("c") + fine;
  const std::string of_a =
      "namespace=shop workload=a direction=outbound upstream=b.shop.svc security=mutual_tls";
  const std::string of_c =
      "namespace=shop workload=c direction=outbound upstream=b.shop.svc security=mutual_tls";
  poll(line("connections_opened", a, 10) + line("connections_opened", c, 3) +
       line("connections_closed", a, 4));
  // A new process: 4 of `a` in the time of which 10 were counted before, and 5 of `c`, more than
  // before; what was open went with the old one.
  poll(line("connections_opened", a, 4) + line("connections_opened", c, 5));
  EXPECT_EQ(rows("mesh_tcp_connections_opened_total"), (Rows{{of_a, 14}, {of_c, 8}}));
  EXPECT_EQ(rows("mesh_tcp_connections"),
            (Rows{{"namespace=shop workload=a direction=outbound upstream=b.shop.svc", 4},
                  {"namespace=shop workload=c direction=outbound upstream=b.shop.svc", 5}}));
  // And one that has carried nothing yet.
  poll("istio_build{component=\"ztunnel\",tag=\"1.30.0\"} 1\n# EOF\n");
  EXPECT_EQ(rows("mesh_tcp_connections_opened_total"), (Rows{{of_a, 14}, {of_c, 8}}));
  poll(line("connections_opened", a, 20));
  EXPECT_EQ(rows("mesh_tcp_connections_opened_total").at(of_a), 34);
}

TEST_F(ZtunnelExposition, has_never_less_than_no_connection_open) {
  // The page is not made in one instant: one was opened and closed while it was.
  poll(line("connections_opened", caller("a") + fine, 3) +
       line("connections_closed", caller("a") + fine, 4));
  EXPECT_EQ(rows("mesh_tcp_connections"),
            (Rows{{"namespace=shop workload=a direction=outbound upstream=b.shop.svc", 0}}));
}

TEST_F(ZtunnelExposition, tells_what_is_open_of_whole_pages_only) {
  poll(line("connections_opened", caller("a") + fine, 3) +
       line("connections_closed", caller("a") + fine, -1));
  EXPECT_THAT(rows("mesh_tcp_connections"), IsEmpty());
  EXPECT_THAT(rows("mesh_tcp_connections_opened_total"), Not(IsEmpty()));
}

TEST_F(ZtunnelExposition, counts_for_itself_what_belongs_to_no_workload) {
  poll(line("connections_opened",
            "source_workload=\"unknown\",source_workload_namespace=\"unknown\"" + fine, 2));
  EXPECT_EQ(rows("mesh_tcp_connections_opened_total"),
            (Rows{{"namespace=istio-system pod=ztunnel-x workload=ztunnel direction=outbound "
                   "security=mutual_tls",
                   2}}));
}

class BoundedZtunnelExposition : public ZtunnelExposition {
 protected:
  static Config two_upstreams() {
    Config config;
    config.limits.upstreams_per_target = 2;
    return config;
  }
  BoundedZtunnelExposition() : ZtunnelExposition(two_upstreams()) {}
};

TEST_F(BoundedZtunnelExposition, sums_what_is_over_the_limit_as_its_own) {
  std::string page;
  for (const std::string name : {"a", "c", "d", "e"}) {
    page += line("connections_opened", caller(name) + fine, 5);
    page += line("connections_closed", caller(name) + fine, 2);
  }
  poll(page);
  const std::string other =
      "namespace=istio-system pod=ztunnel-x workload=ztunnel direction=outbound upstream=other";
  EXPECT_THAT(rows("mesh_tcp_connections_opened_total"),
              AllOf(Contains(Pair(other + " security=mutual_tls", 10)), ::testing::SizeIs(3)));
  EXPECT_THAT(rows("mesh_tcp_connections"), Contains(Pair(other, 6)));
  const Snapshot now = snapshot();
  const auto folded =
      std::ranges::find(now.folded, "mesh_tcp_connections_opened_total", &FoldedSeries::family);
  ASSERT_NE(folded, now.folded.end());
  EXPECT_EQ(folded->count, 2u);
  EXPECT_THAT(rows("mesh_tcp_connections_closed_total"),
              Contains(Pair(other + " result=completed", 4)));
}

}  // namespace
}  // namespace mesh::support::ztunnel_exposition_test
