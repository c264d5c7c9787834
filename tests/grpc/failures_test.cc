// What the library says, told from what a server says.
#include "grpc/failures.h"

#include <gtest/gtest.h>

#include <string>

namespace mesh::failures_test {
namespace {

constexpr Connection none = Connection::none, lost = Connection::lost, kept = Connection::kept;

std::string said(std::string_view code, std::string_view message, Connection connection,
                 bool late = false) {
  const auto failure = failure_of(code, message, connection, late);
  if (!failure) return "the server";
  return std::string(to_string(failure->reason)) + ": " + failure->message;
}

TEST(GrpcFailures, are_none_of_what_a_server_answers) {
  EXPECT_EQ(said("OK", "", lost), "the server");
  EXPECT_EQ(said("UNAVAILABLE", "shutting down", lost), "the server");
  EXPECT_EQ(said("INTERNAL", "No such file or directory", lost), "the server");
  EXPECT_EQ(said("DEADLINE_EXCEEDED", "of mine", lost), "the server");
  EXPECT_EQ(said("RESOURCE_EXHAUSTED", "too many calls", lost), "the server");
  EXPECT_EQ(said("RESOURCE_EXHAUSTED", "Received message larger than max (9 vs. 8)", kept),
            "the server");
  EXPECT_EQ(said("RESOURCE_EXHAUSTED", "Buffers full of the database", kept), "the server");
}

TEST(GrpcFailures, are_what_cuts_an_answer_off) {
  EXPECT_EQ(said("UNAVAILABLE", "GOAWAY received", lost), "connect: the connection was closed");
  EXPECT_EQ(said("UNAVAILABLE", "Broken pipe", lost), "connect: the connection was closed");
  EXPECT_EQ(said("UNAVAILABLE", "No route to host", lost), "connect: No route to host");
  EXPECT_EQ(said("UNAVAILABLE", "recvmsg:Connection reset by peer", lost),
            "connect: connection reset");
  EXPECT_EQ(said("INTERNAL", "Received RST_STREAM with error code 2", lost),
            "connect: Received RST_STREAM with error code 2");
  EXPECT_EQ(said("DEADLINE_EXCEEDED", "Deadline Exceeded", lost, true),
            "timeout: no answer in time");
  EXPECT_EQ(
      said("RESOURCE_EXHAUSTED", "Received message larger than max (8388609 vs. 8388608)", kept),
      "too_large: the message is too large");
  EXPECT_EQ(said("RESOURCE_EXHAUSTED", "Buffers full", kept),
            "too_large: more came than a message may have");
}

TEST(GrpcFailures, are_none_of_what_a_server_says_over_a_connection_that_goes_on) {
  for (const char* words :
       {"Connection refused", "Socket closed", "recvmsg:Connection reset by peer",
        "GOAWAY received", "Received RST_STREAM with error code 7"}) {
    EXPECT_TRUE(may_be_of_the_connection("UNAVAILABLE", words)) << words;
    EXPECT_EQ(said("UNAVAILABLE", words, kept), "the server") << words;
    EXPECT_NE(said("UNAVAILABLE", words, lost), "the server") << words;
  }
  EXPECT_FALSE(may_be_of_the_connection("UNAVAILABLE", "the backend: Connection refused"));
  EXPECT_EQ(said("DEADLINE_EXCEEDED", "x", kept, true), "timeout: no answer in time");
}

TEST(GrpcFailures, are_whatever_comes_without_an_answer) {
  EXPECT_EQ(said("UNAVAILABLE",
                 "failed to connect to all addresses; last error: UNKNOWN: ipv4:127.0.0.1:1: "
                 "Failed to connect to remote host: Connection refused",
                 none),
            "connect: connection refused");
  EXPECT_EQ(said("UNAVAILABLE", "DNS resolution failed for users:1: not found", none),
            "connect: DNS resolution failed for users:1: not found");
  EXPECT_EQ(said("UNAVAILABLE",
                 "DNS resolution failed for users:1: C-ares status is not ARES_SUCCESS qtype=AAAA "
                 "name=users is_balancer=0: Domain name not found",
                 none),
            "connect: there is no such name");
  EXPECT_EQ(said("UNAVAILABLE", "x: Tls handshake failed: alert", none),
            "tls: x: Tls handshake failed: alert");
  EXPECT_EQ(said("UNIMPLEMENTED", "Received http2 header with status: 404", lost),
            "http_status: no gRPC: HTTP status 404");
  EXPECT_EQ(said("UNKNOWN", "what\nis this", none), "parse: what\xEF\xBF\xBDis this");
}

}  // namespace
}  // namespace mesh::failures_test
