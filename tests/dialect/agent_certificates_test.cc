// What the agents' own metrics tell of certificates, from recorded pages and from single lines.
#include "dialect/agent_certificates.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "base/limits.h"
#include "wire/fixture.h"

namespace mesh::agent_certificates_test {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::sys_seconds;
using testing::ElementsAre;
using testing::IsEmpty;
using Seconds = std::chrono::seconds;

// What `page` tells whose answer was complete at `at` and took `took`.
Readings readings_of(const std::string& page, WallTime at = WallTime{} + Seconds(1'800'000'000),
                     Duration took = milliseconds(4)) {
  AgentCertificates agent;
  const ExpositionReport report =
      read_exposition(page, [&](const Sample& sample) { agent.enter(sample); });
  EXPECT_EQ(report.unreadable, 0u) << report.unreadable_sample;
  const Instant sent = Instant{} + Seconds(1'000);
  Readings readings;
  agent.tell(Response{200, "", 1, sent, sent + took, at}, readings);
  return readings;
}

// The same of a page of which everything can be read.
template <class... When>
std::optional<AgentReading> read(const std::string& page, When... when) {
  Readings readings = readings_of(page, when...);
  EXPECT_EQ(readings.unreadable, 0u) << readings.unreadable_sample;
  return readings.agent;
}

std::vector<Certificate> certificates(const std::optional<AgentReading>& reading) {
  std::vector<Certificate> all;
  if (!reading) return all;
  for (const HeldTogether& held : reading->look.held)
    all.insert(all.end(), held.begin(), held.end());
  return all;
}

std::vector<Certificate> read_line(const std::string& line) {
  return certificates(read(line + "\n"));
}

sys_seconds unix(std::int64_t seconds) { return sys_seconds(Seconds(seconds)); }

// The end of this very certificate is 2026-11-23T19:50:31Z by Envoy's /certs.
TEST(AgentCertificates, istios_agent_tells_the_end_of_the_workloads_leaf_to_the_second) {
  const WallTime end = WallTime{} + Seconds(1'795'463'431);
  const auto reading = read(fixture("istio/1.31-dev/metrics_15020.txt"),
                            end - milliseconds(91'366) + milliseconds(3));
  ASSERT_EQ(certificates(reading).size(), 1u);
  const Certificate leaf = certificates(reading)[0];
  EXPECT_EQ(identity_of(leaf), "default");
  EXPECT_EQ(leaf.role, CertificateRole::leaf);
  EXPECT_EQ(leaf.not_after, unix(1'795'463'431));
  EXPECT_EQ(leaf.not_before, std::nullopt);
  EXPECT_THAT(reading->failures, ElementsAre(AgentFailures{"request_failed", 0}));
}

TEST(AgentCertificates, an_end_is_late_by_no_more_than_the_answer_took) {
  const auto at = WallTime{} + Seconds(2'000);
  const auto reading = read("istio_agent_cert_expiry_seconds{resource_name=\"default\"} 100\n", at,
                            milliseconds(2'500));
  EXPECT_EQ(certificates(reading)[0].not_after, unix(2'100));
  EXPECT_EQ(certificates(reading)[0].not_after_slack, Seconds(4));
}

TEST(AgentCertificates, time_left_is_negative_after_the_end) {
  const auto all = read_line("istio_agent_cert_expiry_seconds{resource_name=\"default\"} -60.5");
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all[0].not_after, unix(1'799'999'939));
}

TEST(AgentCertificates, istios_roots_are_known_by_their_names) {
  const auto all = read_line(
      "istio_agent_cert_expiry_seconds{resource_name=\"ROOTCA\"} 60\n"
      "istio_agent_cert_expiry_seconds{resource_name=\"file-root:/etc/ca.pem\"} 60\n"
      "istio_agent_cert_expiry_seconds{resource_name=\"file-cert:/a.pem~/b.pem\"} 60");
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all[0].role, CertificateRole::leaf);
  EXPECT_EQ(all[0].path, "file-cert:/a.pem~/b.pem");
  EXPECT_EQ(all[1].role, CertificateRole::root);
  EXPECT_EQ(all[2].role, CertificateRole::root);
}

TEST(AgentCertificates, before_the_first_issuance_istios_agent_has_failures_to_tell) {
  const auto reading = read(
      "istio_agent_num_outgoing_requests{request_type=\"csr\"} 3\n"
      "istio_agent_num_failed_outgoing_requests{request_type=\"csr\"} 2\n"
      "istio_agent_num_failed_outgoing_requests{request_type=\"token_exchange\"} 9\n");
  EXPECT_THAT(certificates(reading), IsEmpty());
  EXPECT_THAT(reading->failures, ElementsAre(AgentFailures{"request_failed", 2}));
}

// Written after pkg/consuldp/stats.go: no dataplane was recorded.
TEST(AgentCertificates, consuls_dataplane_tells_whether_its_servers_are_there) {
  AgentLink cut;
  cut.broken = 2;
  cut.connected = false;
  cut.to = "consul";
  EXPECT_EQ(readings_of("consul_dataplane_consul_connected 0\n"
                        "consul_dataplane_envoy_connected 1\n"
                        "consul_dataplane_connection_errors 2\n")
                .agent->link,
            cut);
  EXPECT_EQ(readings_of("consul_dataplane_consul_connected 1\n").agent->link->connected, true);
}

// As the agent of Istio 1.31 said it a minute after istiod was killed.
TEST(AgentCertificates, istios_agent_tells_how_its_link_does) {
  const Readings readings = readings_of(
      "istio_agent_istiod_connection_failures 2\n"
      "istio_agent_istiod_connection_terminations{type=\"cancelled\"} 1\n"
      "istio_agent_istiod_connection_terminations{type=\"error\"} 11\n"
      "istio_agent_xds_proxy_requests 8\n"
      "istio_agent_xds_proxy_responses 4\n");
  ASSERT_TRUE(readings.agent);
  EXPECT_EQ(readings.agent->link, (AgentLink{13, 4}));
  EXPECT_EQ(readings_of("istio_agent_cert_expiry_seconds{resource_name=\"a\"} 60\n").agent->link,
            std::nullopt);
  EXPECT_EQ(readings_of("istio_agent_xds_proxy_responses NaN\n").unreadable, 1u);
}

TEST(AgentCertificates, istiod_tells_the_instants_of_its_root_and_its_signing_certificate) {
  const auto all = certificates(read(fixture("istio/1.31-dev/istiod_metrics.txt")));
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0].role, CertificateRole::intermediate);
  EXPECT_EQ(all[0].path, "cert_chain");
  EXPECT_EQ(all[0].not_after, unix(1'796'327'309));
  EXPECT_EQ(all[0].not_after_slack, Seconds(0));  // the instant goes before the time left
  EXPECT_EQ(all[1].role, CertificateRole::root);
  EXPECT_EQ(all[1].not_after, unix(1'798'055'309));
}

TEST(AgentCertificates, istiod_is_understood_by_the_time_left_alone) {
  const auto all = read_line("citadel_server_root_cert_expiry_seconds 2.592e+06");
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all[0].not_after, unix(1'802'592'000));
}

TEST(AgentCertificates, an_error_in_the_place_of_an_instant_is_none) {
  EXPECT_THAT(read_line("citadel_server_root_cert_expiry_timestamp -1"), IsEmpty());
}

TEST(AgentCertificates, linkerds_proxy_tells_a_whole_life) {
  const auto reading = read(fixture("linkerd/2.366-dev/idle.txt"));
  ASSERT_EQ(certificates(reading).size(), 1u);
  const Certificate leaf = certificates(reading)[0];
  EXPECT_EQ(identity_of(leaf), "identity");
  EXPECT_EQ(leaf.not_before, unix(1'795'467'971));
  EXPECT_EQ(leaf.not_after, unix(1'795'554'371));
  EXPECT_EQ(leaf.not_after_slack, Seconds(0));
  EXPECT_THAT(reading->failures, ElementsAre(AgentFailures{"update_rejected", 0}));
}

TEST(AgentCertificates, linkerds_zero_is_no_certificate_yet_and_not_the_year_1970) {
  const auto reading = read(fixture("linkerd/2.366-dev/before_identity.txt"));
  ASSERT_TRUE(reading);
  EXPECT_THAT(certificates(reading), IsEmpty());
}

// By the recording's notes: one certificate for another identity was refused, two requests that
// were never answered are counted nowhere.
TEST(AgentCertificates, linkerd_counts_what_was_refused) {
  const auto reading = read(fixture("linkerd/2.366-dev/refresh_recovered.txt"));
  EXPECT_THAT(reading->failures, ElementsAre(AgentFailures{"update_rejected", 1}));
  EXPECT_EQ(certificates(reading)[0].not_after, unix(1'795'554'611));
}

TEST(AgentCertificates, linkerds_names_of_early_2024_are_read) {
  const auto all = read_line(
      "identity_cert_expiration_timestamp_seconds 1800086400.0\n"
      "identity_cert_refresh_timestamp_seconds 1800000000.5\n"
      "identity_cert_refreshes_total{result=\"error\"} 0");
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all[0].not_before, unix(1'800'000'000));
  EXPECT_EQ(all[0].not_after, unix(1'800'086'400));
}

TEST(AgentCertificates, linkerds_issuer_is_an_intermediate) {
  const auto all = read_line("issuer_cert_ttl_seconds 3.15e+07");
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all[0].role, CertificateRole::intermediate);
  EXPECT_EQ(all[0].not_after, unix(1'831'500'000));
}

TEST(AgentCertificates, consuls_gauges_may_be_an_hour_old) {
  const auto all = read_line(
      "consul_mesh_active_root_ca_expiry 3.1536e+08\n"
      "consul_mesh_active_signing_ca_expiry 3.1536e+07\n"
      "consul_agent_tls_cert_expiry{datacenter=\"dc1\",node=\"a\"} 259200");
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all[0].path, "agent_tls_cert");
  EXPECT_EQ(all[1].path, "mesh_signing_ca");
  EXPECT_EQ(all[2].role, CertificateRole::root);
  for (const Certificate& one : all) EXPECT_GE(one.not_after_slack, hours(1));
}

TEST(AgentCertificates, consuls_followers_know_nothing) {
  const auto reading = read(
      "consul_mesh_active_root_ca_expiry NaN\n"
      "consul_agent_tls_cert_expiry 0\n");
  ASSERT_TRUE(reading);
  EXPECT_THAT(certificates(reading), IsEmpty());
}

TEST(AgentCertificates, a_page_without_any_of_these_is_no_look) {
  EXPECT_FALSE(read("envoy_server_live 1\nistio_requests_total{a=\"b\"} 3\n"));
  EXPECT_FALSE(read(""));
  EXPECT_FALSE(read("control_identity_cert_refreshes_total{result=\"odd\"} 3\n"));
}

TEST(AgentCertificates, numbers_that_are_no_times_are_counted_as_unreadable) {
  for (const char* value : {"1e300", "-1e300", "+Inf", "-Inf", "NaN", "2.6e11",
                            "-1900000000",    // ended before 1970
                            "252000000000"})  // ends after 9999
  {
    const Readings readings =
        readings_of(std::string("istio_agent_cert_expiry_seconds{resource_name=\"a\"} ") + value);
    EXPECT_THAT(certificates(readings.agent), IsEmpty()) << value;
    EXPECT_EQ(readings.unreadable, 1u) << value;
    EXPECT_NE(readings.unreadable_sample, "") << value;
  }
  EXPECT_EQ(readings_of("issuer_cert_ttl_seconds NaN").unreadable_sample,
            "issuer_cert_ttl_seconds nan");
}

TEST(AgentCertificates, failures_that_are_no_count_are_none_and_unreadable) {
  const auto readings =
      readings_of("istio_agent_num_failed_outgoing_requests{request_type=\"csr\"} -7\n");
  EXPECT_THAT(readings.agent->failures, ElementsAre(AgentFailures{"request_failed", 0}));
  EXPECT_EQ(readings.unreadable, 1u);
}

TEST(AgentCertificates, of_a_family_that_comes_twice_the_first_counts) {
  const auto all = read_line(
      "istio_agent_cert_expiry_seconds{resource_name=\"default\"} 60\n"
      "istio_agent_cert_expiry_seconds{resource_name=\"default\"} 6000");
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all[0].not_after, unix(1'800'000'060));
}

std::string crowd(int many) {
  std::string page;
  for (int i = many; i > 0; --i) {
    page += "istio_agent_cert_expiry_seconds{resource_name=\"" + std::to_string(i) + "\"} " +
            std::to_string(i) + "\n";
  }
  return page;
}

TEST(AgentCertificates, of_too_many_those_that_expire_first_are_held_wherever_they_stand) {
  constexpr std::size_t most = limits::agent_certificates_per_page;
  for (const int many : {101, 199, 200, 201, 5'000}) {
    const auto reading = read(crowd(many) + "citadel_server_root_cert_expiry_timestamp 1800000001");
    const auto all = certificates(reading);
    ASSERT_EQ(all.size(), most) << many;
    EXPECT_EQ(reading->look.left_out, static_cast<std::size_t>(many) + 1 - most);
    for (const Certificate& one : all) EXPECT_LE(one.not_after, unix(1'800'000'000 + most));
    EXPECT_EQ(std::ranges::count(all, "root_cert", &Certificate::path), 1);
  }
}

TEST(AgentCertificates, as_many_as_the_bound_are_all_held) {
  const auto reading = read(crowd(limits::agent_certificates_per_page));
  EXPECT_EQ(reading->look.held.size(), limits::agent_certificates_per_page);
  EXPECT_EQ(reading->look.left_out, 0u);
}

TEST(AgentCertificates, a_name_without_end_is_none) {
  const Readings readings = readings_of("istio_agent_cert_expiry_seconds{resource_name=\"" +
                                        std::string(5'000, 'x') + "\"} 60");
  EXPECT_THAT(certificates(readings.agent), IsEmpty());
  EXPECT_EQ(readings.unreadable, 1u);
}

}  // namespace
}  // namespace mesh::agent_certificates_test
