// Conversations with our server over raw sockets: bytes in, bytes out.
#include "net/http_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "net/raw_client.h"
#include "net/serving.h"

namespace mesh::http_server_test {
namespace {

using support::RawClient;
using support::Serving;
using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string get(const std::string& path, const std::string& fields = "") {
  return "GET " + path + " HTTP/1.1\r\nHost: here\r\n" + fields + "\r\n";
}

// The whole answer of the test server's handler, without its Date.
std::string ok(const std::string& body, const std::string& connection = "keep-alive") {
  return "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: " +
         std::to_string(body.size()) +
         "\r\nX-Content-Type-Options: nosniff\r\nConnection: " + connection + "\r\n\r\n" + body;
}

std::string refusal(const std::string& status, const std::string& fields = "") {
  const std::string body = status + "\n";
  return "HTTP/1.1 " + status + "\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\nX-Content-Type-Options: nosniff\r\n" + fields +
         "Connection: close\r\n\r\n" + body;
}

// What the server says to these bytes before it closes.
std::string last_words(const std::string& bytes) {
  Serving server;
  RawClient client(server.port());
  client.send(bytes);
  return client.read_to_end();
}

TEST(HttpServer, answers_what_the_handler_returned) {
  Serving server;
  RawClient client(server.port());
  client.send(get("/metrics?a=b", "Accept: text/plain\r\nAccept-Encoding: gzip\r\n"));
  EXPECT_EQ(client.read_answer(), ok("GET|/metrics|a=b|text/plain|gzip"));
}

TEST(HttpServer, answers_head_with_the_length_and_no_body) {
  Serving server;
  RawClient client(server.port());
  client.send("HEAD /x HTTP/1.1\r\nHost: here\r\n\r\n" + get("/y"));
  EXPECT_EQ(client.read_answer(false),
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 10\r\n"
            "X-Content-Type-Options: nosniff\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_EQ(client.read_answer(), ok("GET|/y|||"));
}

TEST(HttpServer, answers_many_requests_on_one_connection) {
  Serving server;
  RawClient client(server.port());
  for (int i = 0; i < 3; ++i) {
    client.send(get("/x"));
    EXPECT_EQ(client.read_answer(), ok("GET|/x|||"));
  }
}

TEST(HttpServer, answers_pipelined_requests_in_order) {
  Serving server;
  RawClient client(server.port());
  client.send(get("/1") + get("/2") + get("/3", "Connection: close\r\n"));
  EXPECT_EQ(client.read_to_end(), ok("GET|/1|||") + ok("GET|/2|||") + ok("GET|/3|||", "close"));
}

TEST(HttpServer, answers_a_request_that_comes_byte_by_byte) {
  Serving server;
  RawClient client(server.port());
  for (const char c : get("/x")) client.send({&c, 1});
  EXPECT_EQ(client.read_answer(), ok("GET|/x|||"));
}

TEST(HttpServer, answers_a_client_that_has_closed_its_side) {
  Serving server;
  RawClient client(server.port());
  client.send(get("/x"));
  client.half_close();
  EXPECT_EQ(client.read_to_end(), ok("GET|/x|||"));
}

TEST(HttpServer, closes_after_an_http_1_0_request) {
  EXPECT_EQ(last_words("GET /x HTTP/1.0\r\n\r\n"), ok("GET|/x|||", "close"));
}

TEST(HttpServer, keeps_an_http_1_0_connection_on_request) {
  Serving server;
  RawClient client(server.port());
  client.send("GET /x HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_EQ(client.read_answer(), ok("GET|/x|||"));
  client.send(get("/y"));
  EXPECT_EQ(client.read_answer(), ok("GET|/y|||"));
}

TEST(HttpServer, closes_when_asked_to) {
  EXPECT_EQ(last_words(get("/x", "Connection: close\r\n")), ok("GET|/x|||", "close"));
}

TEST(HttpServer, understands_a_target_with_authority) {
  Serving server;
  RawClient client(server.port());
  client.send(get("http://here:80/x?y") + get("http://here") + get("http://here?y"));
  EXPECT_EQ(client.read_answer(), ok("GET|/x|y||"));
  EXPECT_EQ(client.read_answer(), ok("GET|/|||"));
  EXPECT_EQ(client.read_answer(), ok("GET|/|y||"));
}

TEST(HttpServer, says_what_a_cache_and_a_browser_must_know) {
  Serving server;
  RawClient client(server.port());
  client.send(get("/gzip") + get("/moved"));
  const std::string gzip = client.read_answer();
  EXPECT_THAT(gzip, HasSubstr("\r\nContent-Encoding: gzip\r\n"));
  EXPECT_THAT(gzip, HasSubstr("\r\nVary: Accept, Accept-Encoding\r\n"));
  EXPECT_THAT(client.read_answer(), HasSubstr("\r\nLocation: /elsewhere\r\n"));
}

TEST(HttpServer, sends_no_body_where_there_can_be_none) {
  Serving server;
  RawClient client(server.port());
  client.send(get("/empty") + get("/x"));
  EXPECT_EQ(client.read_answer(), "HTTP/1.1 204 No Content\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_EQ(client.read_answer(), ok("GET|/x|||"));
}

// Which methods there are depends on the path, of which the server knows nothing.
TEST(HttpServer, leaves_it_to_the_handler_to_refuse_a_method) {
  Serving server;
  RawClient client(server.port());
  client.send("OPTIONS /only-put HTTP/1.1\r\nHost: here\r\n\r\n");
  const std::string answer = client.read_answer();
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 405 Method Not Allowed\r\n"));
  EXPECT_THAT(answer, HasSubstr("\r\nAllow: PUT\r\n"));
  EXPECT_THAT(answer, HasSubstr("\r\nConnection: keep-alive\r\n"));
}

TEST(HttpServer, refuses_what_is_asked_of_no_page) {
  Serving server;
  RawClient client(server.port());
  client.send("OPTIONS * HTTP/1.1\r\nHost: here\r\n\r\n");
  EXPECT_EQ(client.read_to_end(), refusal("405 Method Not Allowed", "Allow: GET, HEAD\r\n"));
}

TEST(HttpServer, passes_on_what_is_to_be_done) {
  Serving server;
  RawClient client(server.port());
  for (const std::string method : {"POST", "PUT", "DELETE", "OPTIONS", "PATCH", "BREW"}) {
    client.send(method + " /x HTTP/1.1\r\nHost: here\r\nContent-Length: 0\r\n\r\n");
    EXPECT_EQ(client.read_answer(), ok(method + "|/x|||"));
  }
}

TEST(HttpServer, does_not_take_a_body_for_the_next_request) {
  EXPECT_EQ(last_words("BREW /x HTTP/1.1\r\nHost: here\r\nContent-Length: 31\r\n\r\n" + get("/y")),
            ok("BREW|/x|||", "close"));
  EXPECT_EQ(last_words("POST /x HTTP/1.1\r\nHost: here\r\nContent-Length: 31\r\n\r\n" + get("/y")),
            refusal("413 Payload Too Large"));
}

// Closing at once would answer the rest of the body with a reset, which can overtake the refusal.
TEST(HttpServer, hears_the_client_out_after_a_refusal) {
  Serving server;
  RawClient client(server.port());
  client.send("POST /x HTTP/1.1\r\nHost: here\r\nContent-Length: 3\r\n\r\n");
  EXPECT_EQ(client.read_to_end(), refusal("413 Payload Too Large"));
  EXPECT_TRUE(client.send("a"));
  EXPECT_TRUE(client.send("b"));
  EXPECT_TRUE(client.send("c"));
}

TEST(HttpServer, refuses_a_body_on_get) {
  const std::string too_large = refusal("413 Payload Too Large");
  EXPECT_EQ(last_words(get("/x", "Content-Length: 5\r\n") + "hello"), too_large);
  EXPECT_EQ(last_words(get("/x", "Content-Length: 99999999999\r\n")), too_large);
  EXPECT_EQ(last_words(get("/x", "Transfer-Encoding: chunked\r\n") + "0\r\n\r\n"), too_large);
  EXPECT_EQ(last_words(get("/x", "Transfer-Encoding: gzip\r\n")), too_large);
}

TEST(HttpServer, refuses_what_is_no_request) {
  const std::string bad = refusal("400 Bad Request");
  EXPECT_EQ(last_words("hello\r\n\r\n"), bad);
  EXPECT_EQ(last_words("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), bad);
  EXPECT_EQ(last_words(std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11)), bad);
  EXPECT_EQ(last_words("GET /x HTTP/1.1\r\nHost: here\r\nno colon\r\n\r\n"), bad);
  EXPECT_EQ(last_words("GET x HTTP/1.1\r\nHost: here\r\n\r\n"), bad);
  EXPECT_EQ(last_words(get("/x", "Content-Length: -1\r\n")), bad);
  EXPECT_EQ(last_words(get("/x", "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n")), bad);
}

TEST(HttpServer, refuses_an_http_1_1_request_without_exactly_one_host) {
  EXPECT_EQ(last_words("GET /x HTTP/1.1\r\n\r\n"), refusal("400 Bad Request"));
  EXPECT_EQ(last_words(get("/x", "Host: there\r\n")), refusal("400 Bad Request"));
}

TEST(HttpServer, refuses_a_header_beyond_the_limit) {
  const std::string too_long = refusal("431 Request Header Fields Too Large");
  EXPECT_EQ(last_words(get("/" + std::string(20'000, 'x'))), too_long);
  EXPECT_EQ(last_words(get("/x", "X: " + std::string(200'000, 'x') + "\r\n")), too_long);
  std::string lines;
  for (int i = 0; i < 2000; ++i) lines += "X-More: of this\r\n";
  EXPECT_EQ(last_words(get("/x", lines)), too_long);
}

TEST(HttpServer, answers_500_when_the_handler_throws_and_goes_on) {
  Serving server;
  RawClient client(server.port());
  ::testing::internal::CaptureStderr();
  client.send(get("/throw") + get("/throw-int") + get("/x"));
  EXPECT_THAT(client.read_answer(), StartsWith("HTTP/1.1 500 Internal Server Error\r\n"));
  EXPECT_THAT(client.read_answer(), StartsWith("HTTP/1.1 500 Internal Server Error\r\n"));
  EXPECT_EQ(client.read_answer(), ok("GET|/x|||"));
  const std::string logged = ::testing::internal::GetCapturedStderr();
  EXPECT_THAT(logged, HasSubstr("path=/throw error=\"no snapshot\""));
  EXPECT_THAT(logged, HasSubstr("path=/throw-int error=\"not a std::exception\""));
}

TEST(HttpServer, answers_others_while_one_page_takes_its_time) {
  Serving server;
  RawClient patient(server.port());
  patient.send(get("/wait"));
  server.wait_for_waiting();
  RawClient other(server.port());
  other.send(get("/x"));
  EXPECT_EQ(other.read_answer(), ok("GET|/x|||"));
  server.open_gate();
  EXPECT_EQ(patient.read_answer(), ok("GET|/wait|||"));
}

TEST(HttpServer, survives_clients_that_leave_at_any_moment) {
  Serving server;
  { RawClient silent(server.port()); }
  { RawClient(server.port()).send("GET /x HT"); }
  { RawClient(server.port()).send(get("/big")); }
  { RawClient(server.port()).send(get("/x") + get("/x")); }
  RawClient client(server.port());
  client.send(get("/x"));
  EXPECT_EQ(client.read_answer(), ok("GET|/x|||"));
}

TEST(HttpServer, sends_a_large_page_whole) {
  Serving server;
  RawClient client(server.port());
  client.send(get("/big", "Connection: close\r\n"));
  EXPECT_EQ(client.read_to_end(), ok(std::string(16 << 20, 'x'), "close"));
}

}  // namespace
}  // namespace mesh::http_server_test
