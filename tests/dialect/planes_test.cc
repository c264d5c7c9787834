// The pages of control planes: recorded ones of istiod and a Consul server, lines of a Linkerd
// controller, and what a hostile page costs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "base/limits.h"
#include "dialect/scripted_door.h"
#include "wire/fixture.h"

namespace mesh::planes_test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;
using testing::UnorderedElementsAre;

constexpr const char* path = "/page";

class Plane {
 public:
  explicit Plane(const std::string& mesh) : door_(open(mesh)) {}

  Readings read(const std::string& body) {
    door_.bodies_[path] = body;
    return door_.readings();
  }

  std::string complaint() {
    const Step step = door_.poll();
    const auto* failure = std::get_if<Failure>(&step);
    return failure ? failure->message : "";
  }

  ScriptedDoor& door() { return door_; }

 private:
  static std::unique_ptr<Conversation> open(const std::string& mesh) {
    Target target;
    target.mesh = mesh;
    target.metrics = HttpEndpoint{{"127.0.0.1", 15014, ""}, path};
    return find_dialect(mesh)->open(target, Config{});
  }

  ScriptedDoor door_;
};

// detail → sum of what is counted.
std::map<std::string, std::uint64_t> counts(const Readings& readings, Counted counted) {
  std::map<std::string, std::uint64_t> all;
  for (std::size_t i = 0; i < readings.traffic->values.size(); ++i) {
    const SeriesKey& key = (*readings.traffic->series)[i].key;
    if (key.counted == counted) all[key.detail] += readings.traffic->values[i];
  }
  return all;
}

// istiod with two proxies, thirty seconds after its start.
TEST(Istiod, tells_itself_and_what_it_counts) {
  const Readings readings = Plane("istiod").read(fixture("istio/1.31-dev/istiod_metrics.txt"));
  ASSERT_TRUE(readings.plane);
  EXPECT_EQ(readings.plane->version, "1.31-dev");
  EXPECT_EQ(readings.plane->build, "1.31-dev-eed52ebb66ad-Clean");
  EXPECT_THAT(readings.plane->proxies, ElementsAre(ProxiesOfVersion{"1.31-dev", 2}));
  EXPECT_EQ(readings.plane->memory_bytes, 113'389'568u);
  EXPECT_EQ(readings.plane->started, std::chrono::milliseconds(1'795'463'309'040));
  EXPECT_THAT(counts(readings, Counted::issuances),
              ElementsAre(Pair("failed", 0), Pair("issued", 2), Pair("refused", 0)));
  EXPECT_THAT(counts(readings, Counted::pushes),
              ElementsAre(Pair("cds", 2), Pair("eds", 1), Pair("lds", 2), Pair("rds", 1)));
  EXPECT_THAT(counts(readings, Counted::push_rejections),
              ElementsAre(Pair("cds", 0), Pair("eds", 0), Pair("lds", 0), Pair("rds", 0)));
  EXPECT_EQ(readings.unreadable, 0u);
  EXPECT_FALSE(readings.proxy);  // it is none
  ASSERT_TRUE(readings.agent);
  EXPECT_EQ(readings.agent->look.held.size(), 2u);  // root and signing certificate
}

TEST(Istiod, tells_what_went_wrong_and_whose_fault_it_was) {
  const Readings readings = Plane("istiod").read(
      "citadel_server_csr_count 20\n"
      "citadel_server_root_cert_expiry_timestamp 1.8e9\n"
      "citadel_server_authentication_failure_count 3\n"
      "citadel_server_csr_parsing_err_count 1\n"
      "citadel_server_csr_sign_err_count{error=\"TTL_ERROR\"} 2\n"
      "citadel_server_csr_sign_err_count{error=\"CA_NOT_READY\"} 4\n"
      "pilot_xds_pushes{type=\"cds\"} 9\npilot_xds_pushes{type=\"cds_senderr\"} 2\n"
      "pilot_total_xds_rejects{type=\"lds\"} 5\n"
      "pilot_xds_pushes{type=\"type.googleapis.com/of.anybody\"} 7\n"
      "pilot_total_xds_internal_errors 6\npilot_xds_write_timeout 1\n");
  EXPECT_THAT(counts(readings, Counted::issuances),
              ElementsAre(Pair("failed", 4), Pair("issued", 0), Pair("refused", 6)));
  EXPECT_THAT(counts(readings, Counted::pushes),
              ElementsAre(Pair("cds", 9), Pair("lds", 0), Pair("other", 7)));
  EXPECT_THAT(counts(readings, Counted::push_failures),
              ElementsAre(Pair("cds", 2), Pair("lds", 0), Pair("other", 0)));
  EXPECT_THAT(counts(readings, Counted::push_rejections),
              ElementsAre(Pair("cds", 0), Pair("lds", 5), Pair("other", 0)));
  EXPECT_THAT(counts(readings, Counted::plane_errors),
              ElementsAre(Pair("internal", 6), Pair("write_timeout", 1)));
}

TEST(Istiod, tells_how_long_a_change_takes) {
  const Readings readings = Plane("istiod").read(
      "pilot_proxy_convergence_time_bucket{le=\"0.1\"} 3\n"
      "pilot_proxy_convergence_time_bucket{le=\"+Inf\"} 4\n"
      "pilot_proxy_convergence_time_bucket{le=\"x\"} 4\n"
      "pilot_proxy_convergence_time_sum 0.75\n"
      "pilot_proxy_convergence_time_count 4\n");
  EXPECT_THAT(counts(readings, Counted::convergence_bucket),
              UnorderedElementsAre(Pair("0.1", 3), Pair("+Inf", 4)));
  EXPECT_THAT(counts(readings, Counted::convergence_sum_us), ElementsAre(Pair("", 750'000)));
}

TEST(Istiod, that_is_no_ca_tells_of_no_issuance) {
  const Readings readings = Plane("istiod").read("pilot_xds{version=\"1.31.0\"} 4\n");
  EXPECT_THAT(counts(readings, Counted::issuances), IsEmpty());
}

TEST(Istiod, shows_another_life_by_its_start) {
  Plane plane("istiod");
  const std::uint64_t first = plane.read("process_start_time_seconds 1.8e9\n").incarnation;
  EXPECT_EQ(plane.read("process_start_time_seconds 1.800000001e9\n").incarnation, first);
  EXPECT_NE(plane.read("process_start_time_seconds 1.8000001e9\n").incarnation, first);
}

TEST(Istiod, holds_no_more_versions_than_are_worth_telling_apart) {
  std::string page;
  for (int i = 0; i < 1000; ++i) {
    page.append("pilot_xds{version=\"1.").append(std::to_string(i)).append("\"} 1\n");
  }
  page.append("pilot_xds{version=\"").append(std::string(5000, 'v')).append("\"} 1\n");
  const Readings readings = Plane("istiod").read(page);
  const auto& proxies = readings.plane->proxies;
  ASSERT_EQ(proxies.size(), limits::proxy_versions_per_plane + 1);
  EXPECT_EQ(proxies.back(), (ProxiesOfVersion{"other", 1001 - limits::proxy_versions_per_plane}));
}

TEST(Istiod, passes_over_what_is_no_number_of_proxies_and_counts_it) {
  const Readings readings = Plane("istiod").read(
      "pilot_xds{version=\"1.31.0\"} -4\nprocess_resident_memory_bytes NaN\n"
      "process_start_time_seconds 1e30\npilot_total_xds_internal_errors -1\npilot_services 2\n");
  EXPECT_THAT(readings.plane->proxies, IsEmpty());
  EXPECT_FALSE(readings.plane->memory_bytes);
  EXPECT_FALSE(readings.plane->started);
  EXPECT_EQ(readings.unreadable, 4u);
  EXPECT_EQ(readings.unreadable_sample, "pilot_xds -4");
}

// A dev server and one Envoy: six requests for certificates, one of them over the limit.
TEST(ConsulServer, tells_itself_and_what_it_signed) {
  const Readings readings =
      Plane("consul-server").read(fixture("consul/1.20.6/server_metrics.txt"));
  EXPECT_EQ(readings.plane->version, "1.20.6");
  EXPECT_THAT(readings.plane->proxies, ElementsAre(ProxiesOfVersion{"", 1}));
  EXPECT_THAT(counts(readings, Counted::issuances),
              ElementsAre(Pair("failed", 1), Pair("issued", 5), Pair("refused", 0)));
  ASSERT_TRUE(readings.agent);
  EXPECT_EQ(readings.agent->look.held.size(), 2u);
  EXPECT_EQ(readings.unreadable, 0u);
}

TEST(ConsulServer, that_hands_a_request_on_does_not_count_it) {
  const std::string called = "consul_rpc_server_call_count{method=\"ConnectCA.Sign\",";
  const Readings readings =
      Plane("consul-server").read(called + "errored=\"false\",leader=\"false\"} 7\n");
  EXPECT_THAT(counts(readings, Counted::issuances),
              ElementsAre(Pair("failed", 0), Pair("issued", 0), Pair("refused", 0)));
}

TEST(ConsulServer, that_blocks_what_is_asked_of_it_tells_of_no_issuance) {
  const Readings readings = Plane("consul-server").read("consul_version{version=\"1.20.6\"} 1\n");
  EXPECT_THAT(counts(readings, Counted::issuances), IsEmpty());
}

TEST(ConsulServer, that_gives_no_page_is_told_what_is_missing) {
  Plane plane("consul-server");
  plane.door().bodies_[path] = "";
  EXPECT_THAT(plane.complaint(), HasSubstr("prometheus_retention_time"));
  plane.door().statuses_[path] = 403;
  EXPECT_THAT(plane.complaint(), HasSubstr("agent:read"));
}

TEST(LinkerdController, of_identities_tells_what_became_of_requests) {
  const std::string certify =
      "grpc_server_handled_total{grpc_method=\"Certify\",grpc_service=\"io.linkerd.proxy.identity."
      "Identity\",grpc_type=\"unary\",grpc_code=\"";
  const std::string other =
      "grpc_server_handled_total{grpc_method=\"Check\",grpc_service=\"grpc.health.v1.Health\","
      "grpc_code=\"";
  const Readings readings =
      Plane("linkerd-control-plane")
          .read(certify + "OK\"} 40\n" + certify + "InvalidArgument\"} 2\n" + certify +
                "FailedPrecondition\"} 1\n" + certify + "Unknown\"} 5\n" + certify +
                "Unavailable\"} 1\n" + other + "OK\"} 900\nissuer_cert_ttl_seconds 86400\n");
  EXPECT_THAT(counts(readings, Counted::issuances),
              ElementsAre(Pair("failed", 6), Pair("issued", 40), Pair("refused", 3)));
  EXPECT_THAT(counts(readings, Counted::calls), IsEmpty());
  ASSERT_TRUE(readings.agent);
  EXPECT_EQ(readings.agent->look.held.size(), 1u);
  EXPECT_EQ(readings.plane->version, "");
}

TEST(LinkerdController, that_issues_nothing_tells_of_no_issuance) {
  const Readings readings =
      Plane("linkerd-control-plane").read("process_resident_memory_bytes 4.2e7\n");
  EXPECT_THAT(counts(readings, Counted::issuances), IsEmpty());
  EXPECT_EQ(readings.plane->memory_bytes, 42'000'000u);
}

}  // namespace
}  // namespace mesh::planes_test
