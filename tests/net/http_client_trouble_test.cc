// The client against proxies that misbehave: each way gives a stable reason and message, within
// the deadline, and leaves no connection.
#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "net/asking.h"
#include "support/fake_admin.h"

namespace mesh::http_client_trouble_test {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;
using support::Asking;
using support::FakeAdmin;
using support::Habit;
namespace habits = support::habits;

constexpr std::size_t max_bytes = 64 * 1024;

// One question to a proxy with this habit. Most answers end by themselves, long before 20 s; the
// habits that never end are cut off after `within`.
std::string met_with(const Habit& habit, std::chrono::milliseconds within = 20s) {
  FakeAdmin admin;
  admin.on_everything(habit);
  Asking ask(admin.address());
  std::string said = ask.say("/", max_bytes, within);
  // Checked while the client still lives: it is the failure that closes the connection.
  if (!admin.wait_for_open_connections(0)) said += " (and a connection stayed open)";
  return said;
}

TEST(HttpClientTrouble, refused) {
  FakeAdmin admin;
  admin.refuse();
  EXPECT_EQ(Asking(admin.address()).say(), "connect: connection refused");
}

TEST(HttpClientTrouble, no_unix_socket) {
  EXPECT_EQ(Asking(Address{"", 0, "/nowhere/admin.sock"}).say(),
            "connect: no such file or directory");
}

TEST(HttpClientTrouble, unix_path_longer_than_a_socket_address) {
  EXPECT_EQ(Asking(Address{"", 0, "/" + std::string(200, 'x')}).say(),
            "connect: file name too long");
}

TEST(HttpClientTrouble, never_answered) {
  EXPECT_EQ(met_with(habits::never_answer, 50ms), "timeout: no answer in time");
}

TEST(HttpClientTrouble, deadline_already_passed) {
  FakeAdmin admin;
  EXPECT_EQ(Asking(admin.address()).say("/", max_bytes, -1s), "timeout: no time to ask");
  EXPECT_EQ(admin.connections(), 0);
}

TEST(HttpClientTrouble, dripping_for_ever) {
  EXPECT_EQ(met_with(habits::endless_drip(), 500ms), "timeout: answer not complete in time");
}

TEST(HttpClientTrouble, announced_but_never_sent) {
  EXPECT_EQ(met_with(habits::say(habits::head("200 OK", "Content-Length: 5\r\n")), 500ms),
            "timeout: answer not complete in time");
}

TEST(HttpClientTrouble, closed_without_an_answer) {
  EXPECT_EQ(met_with(habits::close_unanswered), "connect: closed without an answer");
}

TEST(HttpClientTrouble, half_closed_without_an_answer) {
  EXPECT_EQ(met_with(habits::half_close_unanswered), "connect: closed without an answer");
}

TEST(HttpClientTrouble, reset_without_an_answer) {
  EXPECT_EQ(met_with(habits::reset_unanswered), "connect: connection reset by peer");
}

TEST(HttpClientTrouble, closed_in_the_header) {
  EXPECT_EQ(met_with(habits::close_in_header()), "connect: closed in the middle of the answer");
}

TEST(HttpClientTrouble, closed_in_the_body) {
  EXPECT_EQ(met_with(habits::close_in_body()), "connect: closed in the middle of the answer");
}

TEST(HttpClientTrouble, closed_in_a_chunk) {
  EXPECT_EQ(met_with(habits::cut_chunk()), "connect: closed in the middle of the answer");
}

TEST(HttpClientTrouble, reset_in_the_body) {
  EXPECT_EQ(met_with(habits::reset_in_body()),
            "connect: connection reset by peer in the middle of the answer");
}

TEST(HttpClientTrouble, not_http) {
  EXPECT_EQ(met_with(habits::not_http()), "parse: not HTTP: \"SSH-2.0-OpenSSH_9.2p1 Debian-2\"");
}

TEST(HttpClientTrouble, no_length_and_no_close) {
  EXPECT_EQ(met_with(habits::say("HTTP/1.1 200 OK\r\n\r\na: 1\n")),
            "parse: an HTTP/1.1 answer without a length");
}

TEST(HttpClientTrouble, a_terabyte_announced) {
  EXPECT_EQ(met_with(habits::announce_a_terabyte()), "too_large: answer larger than 65536 bytes");
}

TEST(HttpClientTrouble, one_line_longer_than_the_limit) {
  EXPECT_EQ(met_with(habits::one_long_line()), "too_large: answer larger than 65536 bytes");
}

TEST(HttpClientTrouble, endless_chunks) {
  EXPECT_EQ(met_with(habits::endless_chunks()), "too_large: answer larger than 65536 bytes");
}

TEST(HttpClientTrouble, endless_header) {
  EXPECT_EQ(met_with(habits::endless_header()), "too_large: header larger than 16384 bytes");
}

TEST(HttpClientTrouble, endless_interim_answers) {
  EXPECT_EQ(met_with(habits::flood("", "HTTP/1.1 100 Continue\r\n\r\n")),
            "parse: too many interim answers");
}

TEST(HttpClientTrouble, two_answers_to_one_question) {
  const std::string answer = habits::with_length("200 OK", "a: 1\n");
  EXPECT_EQ(met_with(habits::say(answer + answer)), "200 a: 1\n");
}

TEST(HttpClientTrouble, http_1_0_until_close) {
  EXPECT_EQ(met_with(habits::say_and_close("HTTP/1.0 200 OK\r\n\r\na: 1\n")), "200 a: 1\n");
}

// Whether a body makes sense is not the client's business.
TEST(HttpClientTrouble, bodies_that_are_no_text_arrive_as_they_are) {
  FakeAdmin admin;
  admin.on("/garbage", habits::garbage());
  admin.on("/nul", habits::nul_bytes());
  Asking ask(admin.address());
  EXPECT_EQ(ask.get("/garbage")->body,
            "\x7f"
            "ELF\x02\x01 {]}: : 0x:-\xff\xfe\n");
  EXPECT_EQ(ask.get("/nul")->body, "a: 1\nb\0c: 2\n\0\0\0: 3\nd: 4\n"s);
}

TEST(HttpClientTrouble, is_over_with_the_next_question) {
  FakeAdmin admin;
  admin.on("/good", habits::page("a: 1\n"));
  admin.on("/bad", habits::close_in_body());
  Asking ask(admin.address());
  EXPECT_EQ(ask.say("/good"), "200 a: 1\n");
  EXPECT_EQ(ask.say("/bad"), "connect: closed in the middle of the answer");
  EXPECT_EQ(ask.say("/good"), "200 a: 1\n");
  EXPECT_EQ(admin.connections(), 2);
}

TEST(HttpClientTrouble, two_hundred_failures_leave_no_connection) {
  FakeAdmin admin;
  admin.on_everything(habits::reset_in_body());
  Asking ask(admin.address());
  for (int i = 0; i < 200; ++i) ask.say();
  EXPECT_TRUE(admin.wait_for_open_connections(0));
  EXPECT_EQ(admin.connections(), 200);
}

}  // namespace
}  // namespace mesh::http_client_trouble_test
