// The head of our answers, byte for byte.
#include "net/http_reply.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace mesh::http_reply_test {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;

const WallTime now{784111777s};  // the date of RFC 9110's example

TEST(HttpReply, has_a_head_for_a_page) {
  WebReply reply;
  reply.body = "hello";
  EXPECT_EQ(reply_head(reply, true, now),
            "HTTP/1.1 200 OK\r\n"
            "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
            "Content-Type: text/plain; charset=utf-8\r\n"
            "Content-Length: 5\r\n"
            "X-Content-Type-Options: nosniff\r\n"
            "Connection: keep-alive\r\n\r\n");
}

TEST(HttpReply, has_a_head_for_every_field) {
  WebReply reply;
  reply.status = 301;
  reply.content_type = "text/html";
  reply.content_encoding = "gzip";
  reply.location = "/metrics";
  reply.vary = "Accept";
  EXPECT_EQ(reply_head(reply, false, now),
            "HTTP/1.1 301 Moved Permanently\r\n"
            "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
            "Content-Type: text/html\r\n"
            "Content-Encoding: gzip\r\n"
            "Content-Length: 0\r\n"
            "X-Content-Type-Options: nosniff\r\n"
            "Vary: Accept\r\n"
            "Location: /metrics\r\n"
            "Connection: close\r\n\r\n");
}

TEST(HttpReply, says_what_else_is_to_be_said) {
  WebReply reply;
  reply.headers = {{"Cache-Control", "no-store"}, {"X-Bad", "a\r\nSet-Cookie: a=b"}};
  EXPECT_THAT(reply_head(reply, true, now), HasSubstr("\r\nCache-Control: no-store\r\nConnection"));
}

TEST(HttpReply, drops_a_value_that_would_add_a_header) {
  WebReply reply;
  reply.location = "/x\r\nSet-Cookie: a=b";
  EXPECT_THAT(reply_head(reply, true, now), Not(HasSubstr("Location")));
}

TEST(HttpReply, of_an_unknown_status_is_still_an_answer) {
  WebReply reply;
  reply.status = 299;
  EXPECT_THAT(reply_head(reply, true, now), HasSubstr("HTTP/1.1 299 "));
}

}  // namespace
}  // namespace mesh::http_reply_test
