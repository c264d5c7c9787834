// What one sample of Istio's families counts.
#include "dialect/istio_sample.h"

#include <gtest/gtest.h>

#include <string>

namespace mesh::istio_sample_test {
namespace {

IstioSample read_line(const std::string& line) {
  IstioSample read;
  read_exposition(line + "\n", [&](const Sample& sample) { read = read_istio_sample(sample); });
  return read;
}

// "calls OK", or what else is counted of a request that ended so.
std::string end_of(const std::string& status, const std::string& flags,
                   const std::string& protocol = "grpc") {
  std::string line = R"(istio_requests_total{reporter="source",request_protocol=")";
  line.append(protocol).append(R"(",grpc_response_status=")").append(status);
  line.append(R"(",response_flags=")").append(flags).append("\"} 1");
  const IstioSample read = read_line(line);
  if (!read.key) return "nothing";
  const bool is_reset = read.key->counted == Counted::resets;
  return (is_reset ? "reset " : "call ") + read.key->detail.str();
}

TEST(IstioSample, a_status_is_a_number) {
  EXPECT_EQ(end_of("0", "-"), "call OK");
  EXPECT_EQ(end_of("14", "-"), "call UNAVAILABLE");
  EXPECT_EQ(end_of("99", "-"), "call other");
  EXPECT_EQ(end_of("-1", "-"), "call other");  // Envoy's word for one that is no number
}

TEST(IstioSample, a_status_may_be_a_name_where_users_made_it_one) {
  EXPECT_EQ(end_of("NOT_FOUND", "-", ""), "call NOT_FOUND");
}

TEST(IstioSample, what_envoy_answers_itself_has_the_status_that_it_sent) {
  EXPECT_EQ(end_of("14", "UF,URX"), "call UNAVAILABLE");
  EXPECT_EQ(end_of("14", "UC"), "call UNAVAILABLE");
  EXPECT_EQ(end_of("12", "NR"), "call UNIMPLEMENTED");
  EXPECT_EQ(end_of("4", "UT"), "call DEADLINE_EXCEEDED");
}

TEST(IstioSample, without_a_status_it_was_cut_short) {
  EXPECT_EQ(end_of("", "DC"), "reset local");
  EXPECT_EQ(end_of("", "UR"), "reset remote");
  EXPECT_EQ(end_of("", "UC"), "reset lost");
  EXPECT_EQ(end_of("", "UF,URX"), "reset lost");
  EXPECT_EQ(end_of("", "URX,UT"), "reset local");
  EXPECT_EQ(end_of("", "NR"), "reset unknown");
  EXPECT_EQ(end_of("", "-"), "reset unknown");
  EXPECT_EQ(end_of("", "UCX"), "reset unknown");
}

TEST(IstioSample, an_unknown_that_nobody_sent_is_a_stream_that_was_cut) {
  EXPECT_EQ(end_of("2", "UR"), "reset remote");
  EXPECT_EQ(end_of("2", "DC"), "reset local");
  EXPECT_EQ(end_of("2", "-"), "call UNKNOWN");
  EXPECT_EQ(end_of("2", "URX"), "call UNKNOWN");
}

TEST(IstioSample, http_is_no_call) {
  EXPECT_EQ(end_of("", "-", "http"), "nothing");
  EXPECT_EQ(end_of("", "UC", "http"), "nothing");
}

TEST(IstioSample, has_its_direction_from_who_reports) {
  const std::string rest =
      R"(,destination_service="a.b.svc.cluster.local",request_protocol="grpc",)"
      R"(grpc_response_status="0"} 1)";
  const auto key = [&](const std::string& reporter) {
    return read_line("istio_requests_total{reporter=\"" + reporter + "\"" + rest).key;
  };
  EXPECT_EQ(key("source"), (SeriesKey{Counted::calls, Direction::outbound, "a.b.svc.cluster.local",
                                      "", "", "", "OK"}));
  EXPECT_EQ(key("waypoint"), key("source"));
  EXPECT_EQ(key("destination"),
            (SeriesKey{Counted::calls, Direction::inbound, "", "", "", "", "OK"}));
  EXPECT_FALSE(key("proxy"));
}

TEST(IstioSample, what_has_no_service_of_the_mesh_has_the_name_of_envoys_cluster_or_none) {
  const auto upstream = [](const std::string& service, const std::string& name) {
    return read_line(R"(istio_requests_total{reporter="source",request_protocol="grpc",)"
                     R"(grpc_response_status="0",destination_service=")" +
                     service + R"(",destination_service_name=")" + name + "\"} 1")
        .key->upstream.str();
  };
  EXPECT_EQ(upstream("api.example.com:443", "PassthroughCluster"), "PassthroughCluster");
  EXPECT_EQ(upstream("whatever", "BlackHoleCluster"), "BlackHoleCluster");
  EXPECT_EQ(upstream("unknown", "unknown"), "");
  EXPECT_EQ(upstream("users:50051", "users:50051"), "users:50051");
}

TEST(IstioSample, any_label_that_is_a_path_names_the_method) {
  for (const char* label :
       {"request_operation", "request_path", "grpc_method", "istio_operationId"}) {
    const auto key =
        read_line(R"(istio_requests_total{reporter="source",request_protocol="grpc",)"
                  R"(source_principal="spiffe://td/ns/a/sa/b",grpc_response_status="0",)" +
                  std::string(label) + R"(="/user.v1.UserService/GetUser"} 1)")
            .key;
    ASSERT_TRUE(key);
    EXPECT_EQ(key->service, "user.v1.UserService");
    EXPECT_EQ(key->method, "GetUser");
  }
  EXPECT_EQ(read_line(R"(istio_requests_total{reporter="source",grpc_response_status="0",)"
                      R"(istio_operationId="GetUser"} 1)")
                .key->method,
            "");
}

TEST(IstioSample, security_is_told_by_who_receives) {
  const auto security = [](const std::string& reporter, const std::string& policy) -> std::string {
    const auto read =
        read_line("istio_requests_total{reporter=\"" + reporter +
                  R"(",request_protocol="http",connection_security_policy=")" + policy + "\"} 1");
    if (!read.security) return "nothing";
    return std::string(to_string(read.security->direction)) + " " + read.security->detail.str();
  };
  EXPECT_EQ(security("destination", "mutual_tls"), "inbound mutual_tls");
  EXPECT_EQ(security("destination", "none"), "inbound none");
  EXPECT_EQ(security("destination", "whatever"), "inbound unknown");
  EXPECT_EQ(security("waypoint", "mutual_tls"), "inbound mutual_tls");
  EXPECT_EQ(security("source", "unknown"), "nothing");
  EXPECT_EQ(security("destination", ""), "nothing");
}

TEST(IstioSample, times_are_those_of_calls) {
  const auto times = [](const std::string& labels) {
    return read_line("istio_request_duration_milliseconds_bucket{reporter=\"destination\"," +
                     labels + ",le=\"5\"} 1")
        .key;
  };
  const auto of_call =
      times(R"(request_protocol="grpc",grpc_response_status="0",response_flags="-")");
  ASSERT_TRUE(of_call);
  EXPECT_EQ(of_call->counted, Counted::duration_bucket);
  EXPECT_EQ(of_call->detail, "");
  EXPECT_FALSE(times(R"(request_protocol="grpc",grpc_response_status="",response_flags="DC")"));
  EXPECT_FALSE(times(R"(request_protocol="http",grpc_response_status="",response_flags="-")"));
  EXPECT_FALSE(read_line(R"(istio_request_duration_milliseconds_count{reporter="source"} 1)").key);
}

TEST(IstioSample, messages_have_no_label_but_who_and_whom) {
  const auto key = read_line(R"(istio_response_messages_total{reporter="destination"} 1)").key;
  EXPECT_EQ(key, (SeriesKey{Counted::messages, Direction::inbound, "", "", "", "", "response"}));
  EXPECT_FALSE(read_line(R"(istio_request_bytes_sum{reporter="destination"} 1)").key);
}

}  // namespace
}  // namespace mesh::istio_sample_test
