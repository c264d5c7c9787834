// One sample of istio_tcp_* in, what it counts and for whom out.
#include "dialect/istio_tcp.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace mesh::istio_tcp_test {
namespace {

const std::vector<Label> from_web{{"reporter", "source"},
                                  {"source_workload", "web"},
                                  {"source_workload_namespace", "shop"},
                                  {"destination_service", "users.shop.svc.cluster.local"},
                                  {"destination_workload", "users-v2"},
                                  {"destination_workload_namespace", "people"},
                                  {"response_flags", "-"},
                                  {"connection_security_policy", "mutual_tls"}};

std::vector<Label> but(std::string_view name, std::string_view value) {
  std::vector<Label> labels = from_web;
  for (Label& label : labels) {
    if (label.name == name) label.value = value;
  }
  return labels;
}

SeriesKey key_of(std::string_view family, const std::vector<Label>& labels) {
  const std::string name = "istio_tcp_" + std::string(family) + "_total";
  return istio_tcp_key(Sample{name, labels, 1}).value_or(SeriesKey{});
}

std::string owner_of(const std::vector<Label>& labels) {
  return istio_tcp_owner(Sample{"", labels, 1});
}

TEST(IstioTcp, is_counted_for_the_side_that_reports) {
  SeriesKey key = key_of("connections_opened", from_web);
  EXPECT_EQ(key.counted, Counted::tcp_opened);
  EXPECT_EQ(key.direction, Direction::outbound);
  EXPECT_EQ(key.upstream, "users.shop.svc.cluster.local");
  EXPECT_EQ(key.detail, "mutual_tls");
  EXPECT_EQ(key.owner, "");
  EXPECT_EQ(owner_of(from_web), "shop/web");

  key = key_of("connections_opened", but("reporter", "destination"));
  EXPECT_EQ(key.direction, Direction::inbound);
  EXPECT_EQ(key.upstream, "");
  EXPECT_EQ(owner_of(but("reporter", "destination")), "people/users-v2");
}

TEST(IstioTcp, of_no_side_is_none) {
  const std::vector<Label> waypoint = but("reporter", "waypoint");
  EXPECT_FALSE(istio_tcp_key(Sample{"istio_tcp_sent_bytes_total", waypoint, 1}));
  EXPECT_FALSE(istio_tcp_key(Sample{"istio_tcp_sockets_open", from_web, 1}));
  EXPECT_FALSE(istio_tcp_key(Sample{"istio_tcp_connections_failed_total", from_web, 1}));
}

TEST(IstioTcp, goes_to_the_service_else_to_the_workload_else_to_nobody_known) {
  std::vector<Label> to_pod = but("destination_service", "unknown");
  EXPECT_EQ(key_of("connections_opened", to_pod).upstream, "users-v2.people");
  to_pod[5].value = "unknown";
  EXPECT_EQ(key_of("connections_opened", to_pod).upstream, "users-v2");
  to_pod[4].value = "unknown";
  EXPECT_EQ(key_of("connections_opened", to_pod).upstream, "");
  EXPECT_EQ(key_of("connections_opened", {{"reporter", "source"}}).upstream, "");
}

TEST(IstioTcp, belongs_to_whom_it_can_be_told) {
  EXPECT_EQ(owner_of(but("source_workload", "unknown")), "shop/");
  EXPECT_EQ(owner_of(but("source_workload_namespace", "unknown")), "/web");
  EXPECT_EQ(owner_of({{"reporter", "source"}}), "");
}

TEST(IstioTcp, ends_as_its_flag_says) {
  const auto result = [](std::string_view flags) {
    return key_of("connections_closed", but("response_flags", flags)).detail.str();
  };
  EXPECT_EQ(result("-"), "completed");
  EXPECT_EQ(result("DENY"), "denied");
  EXPECT_EQ(result("CONNECT"), "connect_failed");
  EXPECT_EQ(result("TLS_FAILURE"), "tls_failed");
  EXPECT_EQ(result("H2_HANDSHAKE_FAILURE"), "tunnel_failed");
  EXPECT_EQ(result("NETWORK_POLICY"), "network_policy");
  EXPECT_EQ(result("IDENTITY_ERROR"), "no_certificate");
  EXPECT_EQ(result("CERT_REVOKED"), "certificate_revoked");
  EXPECT_EQ(result("SOMETHING_NEW"), "other");
  EXPECT_EQ(result(""), "other");
}

TEST(IstioTcp, is_secured_as_told_or_unknown) {
  const auto security = [](std::string_view policy) {
    return key_of("connections_opened", but("connection_security_policy", policy)).detail.str();
  };
  EXPECT_EQ(security("mutual_tls"), "mutual_tls");
  EXPECT_EQ(security("none"), "none");
  EXPECT_EQ(security("unknown"), "unknown");
  EXPECT_EQ(security("whatever"), "unknown");
}

TEST(IstioTcp, has_bytes_of_two_kinds) {
  EXPECT_EQ(key_of("received_bytes", from_web).counted, Counted::tcp_bytes);
  EXPECT_EQ(key_of("received_bytes", from_web).detail, "received");
  EXPECT_EQ(key_of("sent_bytes", from_web).detail, "sent");
}

}  // namespace
}  // namespace mesh::istio_tcp_test
