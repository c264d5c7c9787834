// The calls of a sidecar, a waypoint and a gateway of Istio as they are read of its page, against
// what was written into it (fixtures/README.md), and that no call is counted twice whatever comes
// and goes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "dialect/istio_page_fixture.h"

namespace mesh::istio_ledger_test {
namespace {

using testing::Contains;
using testing::IsEmpty;

TEST_F(IstioPageTest, the_default_page_tells_calls_by_status) {
  read(written("default_15020"));
  EXPECT_EQ(readings_.unreadable, 0u) << readings_.unreadable_sample;
  EXPECT_EQ(to(payments),
            (Numbers{{"OK", 40}, {"UNAVAILABLE", 3}, {"NOT_FOUND", 2}, {"UNKNOWN", 1}}));
  EXPECT_EQ(to("PassthroughCluster"), (Numbers{{"OK", 2}}));
  EXPECT_EQ(to(""), (Numbers{{"UNIMPLEMENTED", 1}}));
  EXPECT_EQ(to("catalog.shop.svc.cluster.local"), Numbers{});
  EXPECT_EQ(received(), (Numbers{{"OK", 25}, {"DEADLINE_EXCEEDED", 1}}));
}

TEST_F(IstioPageTest, streams_that_were_cut_are_resets) {
  read(written("default_15020"));
  EXPECT_EQ(to(payments, Counted::resets), (Numbers{{"remote", 2}, {"lost", 5}, {"local", 1}}));
  EXPECT_EQ(received(Counted::resets), Numbers{});
}

TEST_F(IstioPageTest, messages_are_counted_by_direction) {
  read(written("default_15020"));
  EXPECT_EQ(to(payments, Counted::messages), (Numbers{{"request", 54}, {"response", 51}}));
  EXPECT_EQ(received(Counted::messages), (Numbers{{"request", 26}, {"response", 75}}));
}

TEST_F(IstioPageTest, times_are_those_of_calls_and_of_nothing_else) {
  read(written("default_15020"));
  // 43 of 7 ms, 3 of 30 ms.
  EXPECT_EQ(to(payments, Counted::duration_bucket),
            (Numbers{{"0.01", 43}, {"0.05", 46}, {"1", 46}, {"+Inf", 46}}));
  EXPECT_EQ(to(payments, Counted::duration_sum_us), (Numbers{{"", 391'000}}));
  EXPECT_EQ(to("catalog.shop.svc.cluster.local", Counted::duration_bucket), Numbers{});
  EXPECT_THAT(readings_.heard, Contains("durations"));
}

TEST_F(IstioPageTest, security_is_that_of_callers) {
  read(written("default_15020"));
  EXPECT_EQ(received(Counted::by_security), (Numbers{{"mutual_tls", 36}, {"none", 4}}));
  for (const Series& series : *readings_.traffic->series) {
    if (series.key.counted == Counted::by_security) {
      EXPECT_EQ(series.key.direction, Direction::inbound);
    }
  }
}

// What a sidecar does not take for HTTP.
TEST_F(IstioPageTest, connections_are_counted_by_security_and_end) {
  const std::string whom =
      "reporter=\"source\",destination_service=\"db.shop.svc.cluster.local\","
      "connection_security_policy=\"unknown\",response_flags=";
  read("istio_tcp_connections_opened_total{" + whom + "\"-\"} 7\n" +
       "istio_tcp_connections_closed_total{" + whom + "\"-\"} 4\n" +
       "istio_tcp_connections_closed_total{" + whom + "\"UF\"} 2\n" +
       "istio_tcp_connections_closed_total{reporter=\"destination\",response_flags=\"-\"} 3\n" +
       "istio_tcp_sent_bytes_total{" + whom + "\"-\"} 100\n");
  EXPECT_EQ(readings_.unreadable, 0u) << readings_.unreadable_sample;
  const std::string db = "db.shop.svc.cluster.local";
  EXPECT_EQ(to(db, Counted::tcp_opened), (Numbers{{"unknown", 7}}));
  EXPECT_EQ(to(db, Counted::tcp_closed), (Numbers{{"completed", 4}, {"connect_failed", 2}}));
  EXPECT_EQ(to(db, Counted::tcp_bytes), (Numbers{{"sent", 100}}));
  EXPECT_EQ(received(Counted::tcp_closed), (Numbers{{"completed", 3}}));
}

TEST_F(IstioPageTest, the_release_of_the_proxy_stands_on_the_page) {
  read(written("default_15020"));
  ASSERT_TRUE(readings_.proxy);
  EXPECT_EQ(readings_.proxy->version, "1.31.0");
  EXPECT_EQ(readings_.proxy->mesh_version, "1.31.0");
  EXPECT_TRUE(readings_.proxy->started);
  read("istio_build{component=\"proxy\",tag=\"unknown\"} 1\n");
  EXPECT_FALSE(readings_.proxy);
  read("istio_build{component=\"pilot\",tag=\"1.31.0\"} 1\n");
  EXPECT_FALSE(readings_.proxy);
}

TEST_F(IstioPageTest, a_label_of_the_users_tells_methods) {
  read(written("methods_15090"));
  EXPECT_EQ(to(payments), (Numbers{{"pay.v1.Payments/Charge OK", 30},
                                   {"pay.v1.Payments/Charge UNAVAILABLE", 3},
                                   {"pay.v1.Payments/Refund OK", 10}}));
  EXPECT_EQ(received(), (Numbers{{"orders.v1.Orders/Place OK", 25}}));
  EXPECT_EQ(to(payments, Counted::duration_bucket)["pay.v1.Payments/Refund +Inf"], 10u);
  EXPECT_EQ(readings_.ambiguous, 0u);
}

TEST_F(IstioPageTest, a_waypoint_is_told_as_who_sends_on) {
  read(written("waypoint_15090"));
  EXPECT_EQ(to(payments), (Numbers{{"OK", 31}, {"UNAVAILABLE", 2}}));
  EXPECT_EQ(received(), Numbers{});
  EXPECT_EQ(received(Counted::by_security), (Numbers{{"mutual_tls", 39}}));
}

TEST_F(IstioPageTest, a_gateway_is_told_as_who_sends_on) {
  read(written("gateway_15090"));
  EXPECT_EQ(to("storefront.shop.svc.cluster.local"),
            (Numbers{{"OK", 12}, {"RESOURCE_EXHAUSTED", 2}}));
  EXPECT_EQ(received(Counted::by_security), Numbers{});
}

TEST_F(IstioPageTest, clusters_that_are_let_in_tell_the_same_calls_once) {
  read(written("default_15020") + written("clusters_let_in"));
  const std::string with_port = payments + ":50051";
  EXPECT_EQ(to(payments), Numbers{});
  EXPECT_EQ(to(with_port),
            (Numbers{{"OK", 40}, {"UNAVAILABLE", 3}, {"NOT_FOUND", 2}, {"UNKNOWN", 1}}));
  EXPECT_EQ(to(with_port, Counted::messages), (Numbers{{"request", 54}, {"response", 51}}));
  EXPECT_EQ(to(with_port, Counted::resets), (Numbers{{"remote", 2}, {"lost", 5}, {"local", 1}}));
  EXPECT_EQ(to(with_port, Counted::duration_bucket)["+Inf"], 46u);
  EXPECT_EQ(to("PassthroughCluster"), (Numbers{{"OK", 2}}));
  EXPECT_EQ(received(), (Numbers{{"OK", 25}, {"DEADLINE_EXCEEDED", 1}}));
}

// A line of Envoy's.
std::string envoys(int number) {
  return R"(envoy_cluster_grpc_0{cluster_name="outbound|50051||)" + payments + "\"} " +
         std::to_string(number) + "\n";
}

const std::string alive = "envoy_server_uptime{} 60\nistio_agent_scrapes_total 1\n";

TEST_F(IstioPageTest, nothing_is_counted_twice_when_another_account_is_believed) {
  EXPECT_EQ(more_to_payments(alive + istios(5)), 5u);
  EXPECT_EQ(more_to_payments(alive + istios(8) + envoys(8)), 3u);
  EXPECT_EQ(to(payments + ":50051"), (Numbers{{"OK", 8}}));  // Istio's, still, with the port
  EXPECT_EQ(more_to_payments(alive + istios(9) + envoys(9)), 1u);
  EXPECT_EQ(more_to_payments(alive + istios(9) + envoys(11) + istios(2, "C")), 2u);
  EXPECT_EQ(to(payments + ":50051"), (Numbers{{"OK", 9}, {"a.B/C OK", 2}}));
  EXPECT_EQ(more_to_payments(alive + istios(9) + envoys(14) + istios(5, "C")), 3u);
  // Evicted, and there again.
  EXPECT_EQ(more_to_payments(alive + envoys(14)), 0u);
  EXPECT_EQ(more_to_payments(alive + envoys(16) + istios(2, "C")), 2u);
  EXPECT_EQ(more_to_payments(alive + envoys(17) + istios(3, "C")), 1u);
}

// statsEvictionInterval takes a series away once it is idle; it begins again at zero.
TEST_F(IstioPageTest, series_that_were_evicted_begin_again) {
  EXPECT_EQ(more_to_payments(alive + istios(5)), 5u);
  EXPECT_EQ(more_to_payments(alive), 0u);
  EXPECT_EQ(more_to_payments(alive + istios(7)), 7u);
  EXPECT_EQ(more_to_payments(alive + istios(1)), 1u);
}

TEST_F(IstioPageTest, a_part_of_the_page_that_is_missing_is_told_and_not_taken_for_gone) {
  EXPECT_EQ(more_to_payments(alive + istios(5)), 5u);
  door_.bodies_[path] =
      "istio_agent_scrapes_total 2\nistio_agent_scrape_failures_total{type=\"envoy\"} 1\n";
  const Readings without = door_.readings();
  EXPECT_FALSE(without.traffic);
  EXPECT_FALSE(without.proxy);
  ASSERT_EQ(without.partial.size(), 1u);
  EXPECT_EQ(without.partial[0].message,
            "Envoy's part of the page: the mesh's agent could not get it");
  EXPECT_EQ(more_to_payments(alive + istios(6)), 1u);
  EXPECT_THAT(readings_.heard, Contains("Envoy's part of the page"));
  EXPECT_THAT(readings_.partial, IsEmpty());
}

TEST_F(IstioPageTest, a_page_that_never_had_envoys_part_misses_nothing) {
  read("istio_agent_scrapes_total 2\n");
  EXPECT_TRUE(readings_.traffic);
  EXPECT_THAT(readings_.partial, IsEmpty());
}

TEST_F(IstioPageTest, too_many_series_of_durations_are_none) {
  std::string page = istios(3);
  for (int i = 0; i <= 25'000; ++i) {
    page.append(R"(istio_request_duration_milliseconds_bucket{reporter="source",le="5",)")
        .append(R"(grpc_response_status="0",source_app=")")
        .append(std::to_string(i))
        .append("\"} 1\n");
  }
  read(page);
  EXPECT_EQ(to("", Counted::duration_bucket), Numbers{});
  EXPECT_EQ(to(payments), (Numbers{{"OK", 3}}));
  ASSERT_EQ(readings_.partial.size(), 1u);
  EXPECT_EQ(readings_.partial[0].message, "durations: 25001 series, more than are followed");
}

}  // namespace
}  // namespace mesh::istio_ledger_test
