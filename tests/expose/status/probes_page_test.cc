// The page of the gRPC servers that are asked for their health, and the table behind it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

#include "expose/reports.h"
#include "expose/sample_page.h"

namespace mesh::probes_page_test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr std::chrono::seconds a_minute{60};

// `sample` has shop/users, which does not serve user.v1.UserService. Beside it one that is up, one
// of a pod, and one whose CA file is empty.
Snapshot four() {
  Snapshot snapshot = sample::two_sidecars();
  const auto add = [&](const std::string& name, HealthStatus status, const std::string& words) {
    auto state = std::make_shared<GrpcHealthState>(*snapshot.grpc_health[0]);
    state->name = name;
    state->service = "";
    state->server.address = {"10.0.0.7", 50051, ""};
    state->look.status = status;
    state->look.words = words;
    snapshot.grpc_health.push_back(state);
    return state;
  };
  add("well", HealthStatus::serving, "")->failures = 0;
  add("users-0:50051", HealthStatus::unreachable, "connection <refused>")->whose.pod = "users-0";
  add("blind", HealthStatus::not_asked, "cannot use /ca.pem: it is empty")->server.tls = GrpcTls{};
  return snapshot;
}

// Configured, and not asked yet.
PageOptions with_another() {
  PageOptions options = sample::options();
  Config config;
  GrpcProbe probe;
  probe.name = "well";
  probe.whose.ns = "shop";
  probe.services = {"", "a.B"};  // the first was asked
  config.probes.grpc = {probe};
  options.in_force = std::make_shared<const Config>(std::move(config));
  return options;
}

Table table(const ReportFilter& filter = {}) {
  const Snapshot snapshot = four();
  const SelfNumbers self{snapshot.grpc_health[0]->at + a_minute, {}};
  return find_report("probes")->make({snapshot, self, with_another()}, filter);
}

TEST(ProbesPage, shows_who_is_asked_how_and_what_each_said_with_trouble_first) {
  const std::string html = sample::status_page("/probes", four(), {}, with_another());
  EXPECT_THAT(html, HasSubstr("<a href=\"/probes\" aria-current=\"page\">Probes</a>"));
  EXPECT_THAT(
      html,
      HasSubstr("<b>shop/users</b><div class=\"soft\">users:50051 · plain text · configured"));
  EXPECT_THAT(html, HasSubstr(">user.v1.UserService</td>"));
  EXPECT_THAT(html, HasSubstr("<span class=\"badge bad\">not serving</span>"));
  EXPECT_THAT(html, HasSubstr("; 3 of 40 failed</td>"));
  EXPECT_THAT(html, HasSubstr("<b>shop/users-0:50051</b><div class=\"soft\">10.0.0.7:50051 · plain "
                              "text · by the pod&#39;s annotation"));
  EXPECT_THAT(html, HasSubstr("<span class=\"badge bad\">unreachable</span><div>connection "
                              "&lt;refused&gt;</div>"));
  EXPECT_THAT(html, HasSubstr("10.0.0.7:50051 · TLS · configured"));
  EXPECT_THAT(html, HasSubstr("<span class=\"badge note\">cannot be asked</span><div>cannot use "
                              "/ca.pem: it is empty</div>"));
  EXPECT_THAT(html, HasSubstr("<span class=\"badge idle\">not asked yet</span>"));
  EXPECT_THAT(html, HasSubstr("5 gRPC services asked for health, 1 up, 2 not: shop/users not "
                              "serving; 1 cannot be asked; 1 not asked yet"));
  EXPECT_LT(html.find("badge bad"), html.find("badge note"));
  EXPECT_LT(html.find("badge note"), html.find("badge idle"));
  EXPECT_LT(html.find("badge idle"), html.find("badge good"));
}

TEST(ProbesPage, is_bounded_and_says_where_the_rest_is) {
  Snapshot snapshot = four();
  snapshot.grpc_health.assign(450, snapshot.grpc_health[0]);
  EXPECT_THAT(sample::status_page("/probes", snapshot),
              AllOf(HasSubstr("and 150 more"), HasSubstr("<a href=\"/api/v1/probes\">")));
}

TEST(ProbesPage, says_that_there_are_none_and_how_there_would_be) {
  EXPECT_THAT(sample::status_page("/probes", Snapshot{}),
              HasSubstr("no gRPC server is asked for its health, neither under"));
  EXPECT_THAT(sample::status_page("/", four()),
              HasSubstr("<a href=\"/probes\">Probes</a><span>4 "));
}

TEST(ProbesReport, has_a_row_for_each_service) {
  const std::string text = table_text(table());
  EXPECT_THAT(text,
              HasSubstr("shop/users          users:50051     user.v1.UserService  not_serving"));
  EXPECT_THAT(text, HasSubstr("not asked yet"));
  const std::string json = table_json(table({"shop", "users-0", ""}));
  EXPECT_EQ(json, R"([{"probe":"shop/users-0:50051","address":"10.0.0.7:50051","grpc_service":"",)"
                  R"("status":"unreachable","since_seconds":6E1,"age_seconds":6E1,)"
                  R"("probe_seconds":1.5E-3,"probes":40,"failed_probes":3,"tls":"plain",)"
                  R"("source":"kubernetes","trouble":"connection <refused>"}])"
                  "\n");
  EXPECT_THAT(table_text(table({"shop", "users-0", ""})), Not(HasSubstr("well")));
}

}  // namespace
}  // namespace mesh::probes_page_test
