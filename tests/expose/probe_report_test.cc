// What a probe found, in words and as JSON.
#include "expose/probe_report.h"

#include <gtest/gtest.h>

#include <chrono>

namespace mesh::probe_report_test {
namespace {

using namespace std::chrono_literals;

const WallTime now = WallTime{} + 1000000h;

ProbeReport plain() {
  ProbeReport report;
  report.server.address = {"users", 50051, ""};
  report.health = {{"", {HealthStatus::serving, "", 2100us}},
                   {"a.B\x1B", {HealthStatus::not_serving, "", 400us}}};
  return report;
}

ProbeReport secret() {
  ProbeReport report;
  report.server = {{"users", 443, ""}, GrpcTls{}, ""};
  report.health = {{"", {HealthStatus::unreachable, "connection refused", 1s}}};
  Certificate leaf;
  leaf.sans = {{SubjectAltName::Kind::dns, "users.shop"}};
  leaf.issuer = "CN=root";
  leaf.not_after = std::chrono::floor<std::chrono::seconds>(now) + 3h;
  report.certificates = {std::nullopt, {0, "", "TLSv1.3", "TLS_X", "h2", false, {}}, {leaf}};
  return report;
}

TEST(ProbeReport, is_a_line_for_each_answer) {
  EXPECT_EQ(probe_text(plain(), now),
            "users:50051\n"
            "  health          serving, in 2.1 ms\n"
            "  health of a.B\xEF\xBF\xBD  not serving, in 0.4 ms\n");
  EXPECT_EQ(probe_text(secret(), now),
            "users:443\n"
            "  health       unreachable: connection refused, in 1.0 s\n"
            "  certificate  users.shop, expires in 3h, issued by CN=root\n"
            "  TLS          TLSv1.3, TLS_X, ALPN h2\n");
}

TEST(ProbeReport, says_what_cannot_be_read) {
  ProbeReport report = secret();
  report.certificates->failure = Failure{Reason::connect, "connection refused"};
  EXPECT_NE(probe_text(report, now).find("certificate  cannot be read: connection refused"),
            std::string::npos);
  EXPECT_NE(probe_json(report, now).find(R"("tls":{"error":"connection refused"})"),
            std::string::npos);
}

TEST(ProbeReport, has_the_methods_of_each_service) {
  ProbeReport report = plain();
  report.methods.emplace();
  EXPECT_NE(probe_text(report, now).find("methods         the server has no reflection\n"),
            std::string::npos);
  EXPECT_NE(probe_json(report, now)
                .find(R"("methods":{"error":null,"declared":null,"services_untold":null,)"
                      R"("services_unanswered":null,"services_unasked":null})"),
            std::string::npos);
  report.methods->failure = Failure{Reason::timeout, "reflection: no answer"};
  EXPECT_NE(probe_text(report, now).find("cannot be read: reflection: no answer\n"),
            std::string::npos);
  report.methods = MethodLook{
      DeclaredMethods{{{"a.B", "Chat", true, true}, {"a.B", "Get"}, {"a.C", "Get"}}, 1, 2}, {}};
  const std::string text = probe_text(report, now);
  EXPECT_NE(text.find("methods of a.B  Chat (bidi_stream), Get\n"), std::string::npos) << text;
  EXPECT_NE(text.find("methods of a.C  Get\n"), std::string::npos) << text;
  EXPECT_NE(text.find("methods         3 services cannot be told\n"), std::string::npos) << text;
  EXPECT_NE(probe_json(report, now)
                .find(R"({"grpc_service":"a.B","grpc_method":"Chat","type":"bidi_stream"})"),
            std::string::npos);
}

TEST(ProbeReport, names_the_services_that_were_asked_for_and_not_told) {
  ProbeReport report = plain();
  report.methods = MethodLook{DeclaredMethods{{{"a.B", "Get"}}, 0, 0},
                              Failure{Reason::timeout, "no answer in time"},
                              {"a.C", "a.D"},
                              7};
  const std::string text = probe_text(report, now);
  EXPECT_NE(text.find("methods of a.B  Get\n"), std::string::npos) << text;
  EXPECT_NE(text.find("methods of a.C  cannot be read: no answer in time\n"), std::string::npos)
      << text;
  EXPECT_NE(text.find("methods of a.D  cannot be read: no answer in time\n"), std::string::npos)
      << text;
  EXPECT_NE(text.find("methods         7 services of which there was no time to ask\n"),
            std::string::npos)
      << text;
  EXPECT_NE(
      probe_json(report, now).find(R"("services_unanswered":["a.C","a.D"],"services_unasked":7)"),
      std::string::npos);
}

TEST(ProbeReport, is_an_object_for_programs) {
  EXPECT_EQ(probe_json(plain(), now),
            "{\"address\":\"users:50051\",\"health\":["
            "{\"grpc_service\":\"\",\"status\":\"serving\",\"message\":\"\",\"seconds\":2.1E-3},"
            "{\"grpc_service\":\"a.B\xEF\xBF\xBD\",\"status\":\"not_serving\",\"message\":\"\","
            "\"seconds\":4E-4}],\"tls\":null,\"methods\":null}\n");
  EXPECT_NE(
      probe_json(secret(), now)
          .find(R"("certificate":"users.shop","issuer":"CN=root","not_after":"2084-01-29T19)"),
      std::string::npos);
}

}  // namespace
}  // namespace mesh::probe_report_test
