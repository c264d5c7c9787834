// An application's page: what is chosen of it, what is left out, and what a restart looks like.
#include "dialect/app.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "dialect/scripted_door.h"

namespace mesh::app_test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

Target at_metrics() {
  Target target;
  target.mesh = "app";
  target.metrics = HttpEndpoint{{"127.0.0.1", 9090, ""}, "/actuator/prometheus?x=1"};
  return target;
}

constexpr const char* path = "/actuator/prometheus";

class AppTest : public testing::Test {
 protected:
  Readings read(const std::string& body) {
    door_.bodies_[path] = body;
    return door_.readings();
  }

  // "inbound s/M OK" → count, whatever parts the samples.
  std::map<std::string, std::uint64_t> counts(const std::string& body,
                                              Counted counted = Counted::calls) {
    const Readings readings = read(body);
    std::map<std::string, std::uint64_t> all;
    for (std::size_t i = 0; i < readings.traffic->values.size(); ++i) {
      const SeriesKey& key = (*readings.traffic->series)[i].key;
      if (key.counted != counted) continue;
      std::string name(to_string(key.direction));
      name.append(" ").append(key.upstream.str()).append(key.upstream.empty() ? "" : " ");
      name.append(key.service.str()).append("/").append(key.method.str());
      all[name.append(" ").append(key.detail.str())] += readings.traffic->values[i];
    }
    return all;
  }

  ScriptedDoor door_{find_dialect("app")->open(at_metrics(), Config{})};
};

const std::string prometheus =
    R"(grpc_server_handled_total{grpc_service="s",grpc_method="M",grpc_code="NotFound"} )";
const std::string opentelemetry =
    R"(rpc_server_duration_milliseconds_count{rpc_service="s",rpc_method="M",rpc_grpc_status_code="5"} )";

TEST_F(AppTest, is_asked_for_its_page_as_configured) {
  read(prometheus + "1\n");
  EXPECT_THAT(door_.asked_,
              ElementsAre(Request{Request::Port::metrics, "/actuator/prometheus?x=1"}));
}

TEST_F(AppTest, with_an_empty_page_is_well) {
  for (const char* body : {"", "# EOF\n", "\n"}) EXPECT_THAT(counts(body), IsEmpty());
}

TEST_F(AppTest, that_answers_no_page_of_metrics_is_a_failure) {
  door_.bodies_[path] = "<html>not here</html>\n";
  const Step step = door_.poll();
  ASSERT_TRUE(std::holds_alternative<Failure>(step));
  EXPECT_EQ(std::get<Failure>(step).message,
            "/actuator/prometheus: no line is a sample: <html>not here</html>");
}

TEST_F(AppTest, of_two_accounts_of_the_same_calls_one_is_believed) {
  EXPECT_THAT(counts(opentelemetry + "7\n" + prometheus + "7\n"),
              ElementsAre(Pair("inbound s/M NOT_FOUND", 7)));
}

TEST_F(AppTest, each_direction_is_chosen_for_itself) {
  const std::string client =
      R"(rpc_client_duration_count{rpc_service="s",rpc_method="M",rpc_grpc_status_code="0"} 2)";
  EXPECT_THAT(counts(prometheus + "7\n" + client + "\n"),
              ElementsAre(Pair("inbound s/M NOT_FOUND", 7), Pair("outbound s/M OK", 2)));
}

TEST_F(AppTest, an_account_that_counts_goes_before_one_that_was_only_prepared) {
  EXPECT_THAT(counts(prometheus + "0\n" + opentelemetry + "7\n"),
              ElementsAre(Pair("inbound s/M NOT_FOUND", 7)));
}

TEST_F(AppTest, what_never_counted_is_nothing) {
  const Readings readings =
      read(prometheus + "0\ngrpc_server_msg_sent_total{grpc_service=\"s\",grpc_method=\"M\"} 0\n");
  EXPECT_THAT(readings.traffic->values, IsEmpty());
  EXPECT_EQ(readings.library, "grpc-prometheus");
}

TEST_F(AppTest, says_whose_counters_it_reads) {
  EXPECT_EQ(read("").library, "");
  EXPECT_EQ(read(opentelemetry + "1\n").library, "OpenTelemetry, former conventions");
  const std::string client = R"(grpc_client_attempt_duration_seconds_count{grpc_status="OK"} 1)";
  EXPECT_EQ(
      read(opentelemetry + "1\n" + client + "\n").library,
      "OpenTelemetry, former conventions (inbound), gRPC's OpenTelemetry, attempts (outbound)");
}

TEST_F(AppTest, what_was_believed_stays_believed) {
  counts(opentelemetry + "7\n");
  EXPECT_THAT(counts(prometheus + "3\n" + opentelemetry + "8\n"),
              ElementsAre(Pair("inbound s/M NOT_FOUND", 8)));
  // Everything at nothing: a restart.
  counts(prometheus + "0\n" + opentelemetry + "0\n");
  EXPECT_THAT(counts(prometheus + "1\n" + opentelemetry + "1\n"),
              ElementsAre(Pair("inbound s/M NOT_FOUND", 1)));
}

TEST_F(AppTest, another_process_may_count_in_another_way) {
  counts(opentelemetry + "7\n");
  EXPECT_THAT(counts(prometheus + "3\n"), ElementsAre(Pair("inbound s/M NOT_FOUND", 3)));
}

TEST_F(AppTest, nothing_is_chosen_anew_because_a_line_is_damaged) {
  counts(opentelemetry + "7\n");
  EXPECT_THAT(counts(prometheus + "8\n" + opentelemetry + "8 x\n"), IsEmpty());
  EXPECT_THAT(counts(prometheus + "9\n" + opentelemetry + "9\n"),
              ElementsAre(Pair("inbound s/M NOT_FOUND", 9)));
}

TEST_F(AppTest, other_kinds_of_calls_are_left_out) {
  const std::string other =
      R"(rpc_server_duration_count{rpc_system="connect_rpc",rpc_service="s",rpc_method="M"} 4)";
  EXPECT_THAT(counts(other + "\n"), IsEmpty());
  EXPECT_THAT(counts(other + "\n" + prometheus + "2\n"),
              ElementsAre(Pair("inbound s/M NOT_FOUND", 2)));
}

TEST_F(AppTest, labels_of_a_scope_part_nothing) {
  const std::string name = R"(grpc_server_call_duration_seconds_count{grpc_method="s/M",)";
  EXPECT_THAT(counts(name + R"(grpc_status="OK",otel_scope_version="1"} 2)" + "\n" + name +
                     R"(grpc_status="OK",otel_scope_version="2"} 3)" + "\n"),
              ElementsAre(Pair("inbound s/M OK", 5)));
}

TEST_F(AppTest, names_may_have_dots_and_lack_their_unit) {
  for (const char* name : {"rpc.server.duration", "rpc.server.duration_milliseconds",
                           "rpc_server_duration", "rpc_server_duration_milliseconds"}) {
    const std::string labels = R"(,"rpc.service"="s","rpc.method"="M","rpc.grpc.status_code"="14")";
    const std::string quoted = R"({")" + std::string(name);
    const std::string body = quoted + R"(_count")" + labels + "} 3\n" + quoted + R"(_bucket")" +
                             labels + R"(,le="2.5"} 3)" + "\n";
    EXPECT_THAT(counts(body), ElementsAre(Pair("inbound s/M UNAVAILABLE", 3))) << name;
    EXPECT_THAT(counts(body, Counted::duration_bucket), ElementsAre(Pair("inbound s/M 0.0025", 3)))
        << name;
  }
}

TEST_F(AppTest, a_method_may_have_its_service_before_it) {
  for (const char* method : {"s.v1.S/M", "/s.v1.S/M"}) {
    EXPECT_THAT(counts(R"(rpc_server_call_duration_seconds_count{rpc_method=")" +
                       std::string(method) + R"(",rpc_response_status_code="OK"} 2)" + "\n"),
                ElementsAre(Pair("inbound s.v1.S/M OK", 2)));
  }
}

TEST_F(AppTest, methods_that_nobody_knows_are_other) {
  EXPECT_THAT(counts("grpc_server_call_duration_seconds_count{grpc_method=\"other\","
                     "grpc_status=\"UNIMPLEMENTED\"} 2\n"),
              ElementsAre(Pair("inbound other/other UNIMPLEMENTED", 2)));
}

TEST_F(AppTest, what_is_not_told_is_counted_as_ambiguous) {
  const Readings readings = read(
      "grpc_server_handled_total{grpc_service=\"s\",grpc_method=\"M\"} 1\n"
      "grpc_server_handled_total{grpc_method=\"M\",grpc_code=\"OK\"} 1\n");
  EXPECT_EQ(readings.ambiguous, 2u);
  EXPECT_EQ((*readings.traffic->series)[0].key.detail, "other");
}

TEST_F(AppTest, an_upstream_is_what_was_dialled) {
  const auto upstream = [this](const std::string& labels) {
    const Readings readings = read("grpc_client_call_duration_seconds_count{" + labels + "} 1\n" +
                                   "rpc_client_duration_count{" + labels + "} 1\n");
    return (*readings.traffic->series)[0].key.upstream.str();
  };
  EXPECT_EQ(upstream(R"(grpc_target="dns:///users.shop.svc:50051")"), "users.shop.svc:50051");
  EXPECT_EQ(upstream(R"(grpc_target="dns://8.8.8.8/users:50051")"), "users:50051");
  EXPECT_EQ(upstream(R"(grpc_target="xds:///users")"), "users");
  EXPECT_EQ(upstream(R"(grpc_target="dns:users:50051")"), "users:50051");
  EXPECT_EQ(upstream(R"(grpc_target="users:50051")"), "users:50051");
  EXPECT_EQ(upstream(R"(grpc_target="127.0.0.1:50051")"), "127.0.0.1:50051");
}

TEST_F(AppTest, an_address_that_calls_went_to_is_no_upstream) {
  const auto upstream = [this](const std::string& labels) {
    const Readings readings = read("rpc_client_duration_count{" + labels + "} 1\n");
    return (*readings.traffic->series)[0].key.upstream.str();
  };
  EXPECT_EQ(upstream(R"(server_address="users.shop",server_port="50051")"), "users.shop:50051");
  EXPECT_EQ(upstream(R"(server_address="users.shop")"), "users.shop");
  EXPECT_EQ(upstream(R"(server_address="10.0.0.7",server_port="50051")"), "");
  EXPECT_EQ(upstream(R"(server_address="fd00::7",server_port="50051")"), "");
  EXPECT_EQ(upstream(""), "");
}

TEST_F(AppTest, buckets_and_sum_of_a_histogram_are_one_measurement) {
  const Readings readings = read(
      "grpc_server_handled_total{grpc_code=\"OK\"} 1\n"
      "grpc_server_handling_seconds_bucket{grpc_method=\"A\",le=\"1e-05\"} 1\n"
      "grpc_server_handling_seconds_sum{grpc_method=\"A\"} 0.0000004\n"
      "grpc_server_handling_seconds_bucket{le=\"+Inf\",grpc_method=\"A\"} 1\n"
      "grpc_server_handling_seconds_bucket{grpc_method=\"B\",le=\"1\"} 1\n");
  std::vector<std::uint32_t> scopes;
  for (const Series& one : *readings.traffic->series) scopes.push_back(one.scope);
  EXPECT_THAT(scopes, ElementsAre(0, 1, 1, 1, 2));
  EXPECT_EQ((*readings.traffic->series)[1].key.detail, "0.00001");
  EXPECT_EQ(readings.traffic->values[2], 0u);
}

TEST_F(AppTest, instants_and_greatest_values_are_no_counters) {
  EXPECT_THAT(counts("grpc_server_handled_created{grpc_method=\"M\"} 1.7e9\n"
                     "grpc_server_handling_seconds_created{grpc_method=\"M\"} 1.7e9\n"
                     "grpc_server_processing_duration_seconds_max{method=\"M\"} 3\n"
                     "rpc_server_requests_per_rpc_count{rpc_method=\"M\"} 3\n"),
              IsEmpty());
}

TEST_F(AppTest, a_value_that_no_counter_has_makes_the_page_incomplete) {
  const Readings readings =
      read(prometheus + "-1\n" + opentelemetry + "2\n" + prometheus + "NaN\n");
  EXPECT_EQ(readings.unreadable, 0u);  // of the account that is not believed
  EXPECT_EQ(read(prometheus + "1\n" + prometheus + "-1\n").unreadable, 1u);
}

TEST_F(AppTest, is_missing_where_istios_agent_did_not_get_it_and_not_gone) {
  const std::string agent = "istio_agent_scrapes_total 9\n";
  const Readings first = read(agent + prometheus + "3\n");
  EXPECT_THAT(first.partial, IsEmpty());
  const std::string failed = "istio_agent_scrape_failures_total{type=\"application\"} 1\n";
  const Readings without = read(agent + failed);
  EXPECT_FALSE(without.traffic);
  ASSERT_EQ(without.partial.size(), 1u);
  EXPECT_EQ(without.partial[0].message,
            "the application's part of the page: the mesh's agent could not get it");
  const Readings again = read(agent + failed + prometheus + "4\n");
  EXPECT_EQ(again.traffic->series, first.traffic->series);
  EXPECT_THAT(again.heard, ElementsAre("the application's part of the page"));
  // Somebody else's page lacked it.
  EXPECT_TRUE(read(agent + "istio_agent_scrape_failures_total{type=\"application\"} 2\n" +
                   prometheus + "4\n")
                  .traffic);
}

TEST_F(AppTest, shows_a_restart_by_its_start) {
  const auto incarnation = [this](const char* started) {
    return read("process_start_time_seconds " + std::string(started) + "\n").incarnation;
  };
  EXPECT_EQ(incarnation("1.7e9"), 0u);
  EXPECT_EQ(incarnation("1700000001"), 0u);  // the clock was adjusted
  EXPECT_EQ(incarnation("NaN"), 0u);
  EXPECT_EQ(incarnation("1700000009.5"), 1u);
  EXPECT_EQ(incarnation("1700000009.5"), 1u);
}

}  // namespace
}  // namespace mesh::app_test
