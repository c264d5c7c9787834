// Findings about gRPC servers that are asked for their health.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "compute/findings/all.h"

namespace mesh::grpc_test {
namespace {

using std::chrono::seconds;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr WallTime noon{seconds(1'800'000'000)};

class GrpcNotServing : public testing::Test {
 protected:
  // A probe that has found the same for two minutes.
  GrpcHealthState& probe(std::string endpoint, std::string service, HealthStatus status,
                         std::string words = "") {
    auto state = std::make_shared<GrpcHealthState>();
    state->whose.ns = "shop";
    state->whose.workload = "orders";
    state->name = std::move(endpoint);
    state->service = std::move(service);
    state->server.address = {"10.0.0.7", 50051, ""};
    state->look = {status, std::move(words), std::chrono::milliseconds(5)};
    state->since = state->down_since = noon - seconds(120);
    state->at = noon - seconds(2);
    state->probes = 20;
    state->failures = is_up(status) ? 0 : 8;
    states_.push_back(state);
    return *state;
  }

  std::vector<Finding> found() const {
    Snapshot snapshot;
    snapshot.grpc_health.assign(states_.begin(), states_.end());
    std::vector<Finding> all;
    maker_->find(snapshot, noon, all);
    return all;
  }

  std::vector<std::string> words() const {
    std::vector<std::string> words;
    for (const Finding& one : found()) {
      words.push_back(std::string(to_string(one.severity)) + " " + one.where + ": " + one.cause);
    }
    return words;
  }

  std::vector<std::shared_ptr<GrpcHealthState>> states_;
  const FindingMaker* maker_ = &grpc_not_serving;
};

class GrpcProbeUnusable : public GrpcNotServing {
 protected:
  GrpcProbeUnusable() { maker_ = &grpc_probe_unusable; }
};

TEST_F(GrpcNotServing, is_told_of_a_service_with_what_works_all_the_same) {
  probe("orders-0", "", HealthStatus::serving);
  probe("orders-0", "shop.Orders", HealthStatus::not_serving);
  EXPECT_THAT(words(),
              ElementsAre("critical shop/orders-0: service shop.Orders answers NOT_SERVING; the "
                          "server as a whole is up"));
  const Finding finding = found().at(0);
  EXPECT_EQ(finding.subject, "service shop.Orders");
  EXPECT_EQ(finding.since, noon - seconds(120));
  EXPECT_EQ(finding.whose.workload, "orders");
  EXPECT_THAT(finding.evidence, ElementsAre(Evidence{"not_up_for", 120, Unit::seconds},
                                            Evidence{"probes", 20, Unit::count},
                                            Evidence{"failed_probes", 8, Unit::count},
                                            Evidence{"probe_duration", 0.005, Unit::seconds},
                                            Evidence{"services_asked", 2, Unit::count},
                                            Evidence{"services_up", 1, Unit::count},
                                            Evidence{"other_endpoints_up", 0, Unit::count}));
  EXPECT_THAT(finding.remedy,
              HasSubstr("mesh_exporter probe 10.0.0.7:50051 --service=shop.Orders"));
}

TEST_F(GrpcNotServing, wakes_nobody_where_another_endpoint_of_the_workload_serves) {
  probe("orders-0", "shop.Orders", HealthStatus::not_serving);
  probe("orders-1", "shop.Orders", HealthStatus::serving);
  EXPECT_THAT(words(), ElementsAre("warning shop/orders-0: service shop.Orders answers "
                                   "NOT_SERVING; 1 other endpoint of the workload serves"));
}

TEST_F(GrpcNotServing, counts_no_other_service_and_no_other_workload_as_help) {
  probe("orders-0", "shop.Orders", HealthStatus::not_serving);
  probe("orders-1", "shop.Refunds", HealthStatus::serving);
  probe("users-0", "shop.Orders", HealthStatus::serving).whose.workload = "users";
  EXPECT_THAT(words(), ElementsAre(HasSubstr("critical shop/orders-0")));
}

TEST_F(GrpcNotServing, tells_once_of_a_server_that_cannot_be_reached) {
  probe("orders-0", "", HealthStatus::unreachable, "connection refused");
  probe("orders-0", "shop.Orders", HealthStatus::unreachable, "connection refused");
  EXPECT_THAT(words(), ElementsAre("critical shop/orders-0: the server cannot be reached: "
                                   "connection refused"));
}

// A crash loop: it does not serve yet, then it is away again. What is down all the while is the
// same trouble, or it would never last for a window.
TEST_F(GrpcNotServing, is_one_trouble_in_whatever_way_it_is_down) {
  GrpcHealthState& whole = probe("orders-0", "", HealthStatus::unreachable, "connection refused");
  GrpcHealthState& orders = probe("orders-0", "shop.Orders", HealthStatus::unreachable, "refused");
  whole.down_since = whole.since = orders.since = orders.at = noon - seconds(1);
  const Finding away = found().at(0);
  EXPECT_EQ(away.cause, "the server cannot be reached: refused");
  EXPECT_EQ(away.since, noon - seconds(120));
  EXPECT_FALSE(away.seen_once);
  whole.look.status = HealthStatus::serving;
  orders.look.status = HealthStatus::not_serving;
  const Finding back = found().at(0);
  EXPECT_EQ(back.subject, away.subject);
  EXPECT_EQ(back.since, away.since);
}

TEST_F(GrpcNotServing, warns_of_what_may_be_a_wrong_name_or_a_wrong_server) {
  probe("orders-0", "", HealthStatus::unknown);
  probe("orders-0", "shop.Odrers", HealthStatus::service_unknown);
  probe("orders-0", "shop.Orders", HealthStatus::failed, "PERMISSION_DENIED");
  EXPECT_THAT(
      words(),
      ElementsAre("warning shop/orders-0: the server as a whole answers that its health is unknown",
                  "warning shop/orders-0: service shop.Odrers is not known to the server",
                  "warning shop/orders-0: service shop.Orders answers, but not as a health "
                  "service: PERMISSION_DENIED"));
}

TEST_F(GrpcNotServing, is_no_matter_of_a_server_without_a_health_service) {
  probe("orders-0", "", HealthStatus::unimplemented);
  probe("orders-1", "", HealthStatus::serving);
  EXPECT_THAT(words(), IsEmpty());
}

TEST_F(GrpcNotServing, names_the_certificates_and_the_flags_of_a_probe_by_tls) {
  GrpcHealthState& state =
      probe("orders-0", "shop.Orders", HealthStatus::unreachable, "the certificate is not trusted");
  state.server.tls =
      GrpcTls{"/etc/my ca.pem", "orders.shop", "", "/etc/agent.pem", "/etc/agent.key"};
  EXPECT_THAT(found().at(0).remedy,
              AllOf(HasSubstr("signed by who is in /etc/my ca.pem and be for orders.shop, and the "
                              "server must take /etc/agent.pem"),
                    HasSubstr("mesh_exporter probe 10.0.0.7:50051 '--tls.ca-file=/etc/my ca.pem' "
                              "--tls.server-name=orders.shop --tls.cert-file=/etc/agent.pem "
                              "--tls.key-file=/etc/agent.key --service=shop.Orders says")));
  state.server.tls = GrpcTls{};
  EXPECT_THAT(found().at(0).remedy,
              AllOf(HasSubstr("signed by who the system trusts and be for 10.0.0.7. "),
                    HasSubstr("probe 10.0.0.7:50051 --tls --service=shop.Orders ")));
}

TEST_F(GrpcNotServing, says_nothing_of_who_could_not_be_asked) {
  probe("orders-0", "", HealthStatus::not_asked, "cannot use /etc/ca.pem: it is empty");
  EXPECT_THAT(words(), IsEmpty());
}

TEST_F(GrpcProbeUnusable, is_told_once_of_a_server_and_not_as_its_fault) {
  const std::string why = "cannot use /etc/ca.pem: it is empty";
  for (const std::string service : {"", "shop.Orders"}) {
    probe("orders-0", service, HealthStatus::not_asked, why).server.tls =
        GrpcTls{"/etc/ca.pem", "", "spiffe://mesh.test/orders", "", ""};
  }
  probe("orders-1", "", HealthStatus::unreachable, "connection refused");
  EXPECT_THAT(words(), ElementsAre("warning shop/orders-0: the agent cannot ask: it cannot use "
                                   "/etc/ca.pem: it is empty; nothing is known about the server"));
  EXPECT_THAT(found().at(0).evidence, ElementsAre(Evidence{"not_asked_for", 120, Unit::seconds}));
  EXPECT_THAT(found().at(0).remedy,
              HasSubstr("mesh_exporter probe 10.0.0.7:50051 --tls.ca-file=/etc/ca.pem "
                        "--tls.spiffe-id=spiffe://mesh.test/orders, run as"));
  EXPECT_EQ(grpc_probe_unusable.stated, Stated::at_once);
}

TEST_F(GrpcNotServing, waits_for_a_second_probe_and_for_a_window) {
  GrpcHealthState& state = probe("orders-0", "", HealthStatus::unreachable, "no answer in time");
  EXPECT_FALSE(found().at(0).seen_once);
  state.at = state.since;
  EXPECT_TRUE(found().at(0).seen_once);
  EXPECT_EQ(grpc_not_serving.stated, Stated::after_a_window);
}

}  // namespace
}  // namespace mesh::grpc_test
