// Bytes in, answer out: what counts as an HTTP answer, and in which words we say that it is none.
#include "net/http_answer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace mesh::http_answer_test {
namespace {

using Progress = HttpAnswer::Progress;

constexpr std::size_t enough = 1 << 20;

// What the reader made of `bytes`, given to it `step` at a time and then, if it wants more, the end
// of the connection: "200 <body>", with " and keep" if the connection can be used again, or
// "<reason>: <message>".
std::string outcome(const std::string& bytes, std::size_t max_body = enough,
                    std::size_t step = enough) {
  HttpAnswer answer(max_body);
  auto progress = Progress::more;
  std::size_t given = 0;
  while (progress == Progress::more && given < bytes.size()) {
    const auto room = answer.room();
    const auto piece = std::min({step, room.size(), bytes.size() - given});
    std::copy_n(bytes.data() + given, piece, room.data());
    given += piece;
    progress = answer.arrived(piece);
  }
  if (progress == Progress::more) progress = answer.ended();
  if (progress == Progress::broken) {
    return std::string(to_string(answer.failure().reason)) + ": " + answer.failure().message;
  }
  const std::string status = std::to_string(answer.status());
  const bool keep = answer.reusable();
  return status + " " + answer.take_body() + (keep ? " and keep" : "");
}

TEST(HttpAnswer, reads_a_body_of_known_length) {
  EXPECT_EQ(outcome("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\na: 1\n"), "200 a: 1\n and keep");
}

TEST(HttpAnswer, joins_chunks_and_ignores_extensions_and_trailers) {
  EXPECT_EQ(outcome("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                    "3;x=y\r\na: \r\n2\r\n1\n\r\n0\r\nX-Sum: 7\r\n\r\n"),
            "200 a: 1\n and keep");
}

TEST(HttpAnswer, is_the_same_however_the_bytes_are_cut) {
  const std::string chunked =
      "HTTP/1.1 100 Continue\r\n\r\n"
      "HTTP/1.1 403 Forbidden\r\nServer: envoy\r\nTransfer-Encoding: chunked\r\n\r\n"
      "3\r\nabc\r\n1\r\nd\r\n0\r\n\r\n";
  const std::string last_chunk_only =
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
  for (std::size_t step = 1; step <= chunked.size(); ++step) {
    EXPECT_EQ(outcome(chunked, enough, step), "403 abcd and keep") << step;
    EXPECT_EQ(outcome(last_chunk_only, enough, step), "200  and keep") << step;
  }
}

TEST(HttpAnswer, without_a_body_is_whole_at_its_header) {
  EXPECT_EQ(outcome("HTTP/1.1 204 No Content\r\n\r\n"), "204  and keep");
}

TEST(HttpAnswer, that_says_close_is_not_followed_by_another) {
  EXPECT_EQ(outcome("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1\r\n\r\na"), "200 a");
}

TEST(HttpAnswer, with_bytes_behind_it_is_good_but_its_connection_is_not) {
  EXPECT_EQ(outcome("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\naHTTP/1.1 200 OK\r\n"), "200 a");
}

TEST(HttpAnswer, to_the_end_of_the_connection_is_believed_from_http_1_0) {
  EXPECT_EQ(outcome("HTTP/1.0 200 OK\r\n\r\na: 1\n"), "200 a: 1\n");
}

TEST(HttpAnswer, to_the_end_of_the_connection_is_believed_if_it_was_announced) {
  EXPECT_EQ(outcome("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\na: 1\n"), "200 a: 1\n");
}

TEST(HttpAnswer, without_a_length_is_refused_from_a_peer_that_keeps_connections) {
  EXPECT_EQ(outcome("HTTP/1.1 200 OK\r\n\r\na: 1\n"), "parse: an HTTP/1.1 answer without a length");
}

TEST(HttpAnswer, skips_interim_answers) {
  EXPECT_EQ(outcome("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
                    "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na"),
            "200 a and keep");
}

TEST(HttpAnswer, is_given_up_after_many_interim_answers) {
  std::string bytes;
  for (int i = 0; i < 9; ++i) bytes += "HTTP/1.1 100 Continue\r\n\r\n";
  EXPECT_EQ(outcome(bytes), "parse: too many interim answers");
}

TEST(HttpAnswer, that_switches_protocols_ends_the_connection) {
  EXPECT_EQ(outcome("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\n\r\n"), "101 ");
}

TEST(HttpAnswer, shows_the_first_line_of_what_is_no_http) {
  EXPECT_EQ(outcome("SSH-2.0-OpenSSH_9.2p1\r\nmore"), "parse: not HTTP: \"SSH-2.0-OpenSSH_9.2p1\"");
}

TEST(HttpAnswer, shows_bytes_that_are_no_text_as_escapes) {
  EXPECT_EQ(outcome(std::string("\x15\x03\x01\x00\x02\x02\x46", 7)),
            R"(parse: not HTTP: "\x15\x03\x01\x00\x02\x02F")");
}

TEST(HttpAnswer, shows_no_more_than_forty_bytes_of_what_is_no_http) {
  EXPECT_EQ(outcome(std::string(4096, 'x')), "parse: not HTTP: \"" + std::string(40, 'x') + "\"");
}

TEST(HttpAnswer, that_cannot_become_http_is_refused_at_its_first_byte) {
  HttpAnswer answer(enough);
  answer.room()[0] = '+';
  EXPECT_EQ(answer.arrived(1), Progress::broken);
  EXPECT_EQ(answer.failure().message, "not HTTP: \"+\"");
}

TEST(HttpAnswer, of_another_version_is_refused) {
  EXPECT_EQ(outcome("HTTP/2.0 200 OK\r\n\r\n"), "parse: not HTTP: \"HTTP/2.0 200 OK\"");
}

TEST(HttpAnswer, with_two_lengths_that_differ_is_refused) {
  EXPECT_EQ(outcome("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"),
            "parse: not HTTP: \"HTTP/1.1 200 OK\"");
}

TEST(HttpAnswer, says_when_the_connection_closed_without_a_byte) {
  EXPECT_EQ(outcome(""), "connect: closed without an answer");
}

TEST(HttpAnswer, says_when_the_connection_closed_half_way) {
  const std::string closed = "connect: closed in the middle of the answer";
  EXPECT_EQ(outcome("HTT"), closed);
  EXPECT_EQ(outcome("HTTP/1.1 200 OK\r\nContent-"), closed);
  EXPECT_EQ(outcome("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\na: 1"), closed);
  EXPECT_EQ(outcome("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\na: "), closed);
  EXPECT_EQ(outcome("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n"), closed);
  EXPECT_EQ(outcome("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n"),
            closed);
}

TEST(HttpAnswer, with_a_chunk_size_that_is_no_number_is_refused) {
  EXPECT_EQ(outcome("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\nabc\r\n"),
            "parse: broken chunked encoding");
}

TEST(HttpAnswer, with_a_chunk_longer_than_it_says_is_refused) {
  EXPECT_EQ(outcome("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n0\r\n\r\n"),
            "parse: broken chunked encoding");
}

TEST(HttpAnswer, takes_a_body_of_exactly_the_limit) {
  EXPECT_EQ(outcome("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", 3), "200 abc and keep");
  EXPECT_EQ(
      outcome("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", 3),
      "200 abc and keep");
}

TEST(HttpAnswer, refuses_a_body_beyond_the_limit_before_it_comes) {
  EXPECT_EQ(outcome("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n", 3),
            "too_large: answer larger than 3 bytes");
}

TEST(HttpAnswer, refuses_chunks_beyond_the_limit) {
  EXPECT_EQ(outcome("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n2\r\n", 3),
            "too_large: answer larger than 3 bytes");
}

TEST(HttpAnswer, refuses_a_body_to_the_end_of_the_connection_beyond_the_limit) {
  EXPECT_EQ(outcome("HTTP/1.0 200 OK\r\n\r\nabcd", 3), "too_large: answer larger than 3 bytes");
}

TEST(HttpAnswer, refuses_a_header_line_without_end) {
  EXPECT_EQ(outcome("HTTP/1.1 200 OK\r\nX: " + std::string(20'000, 'x')),
            "too_large: header larger than 16384 bytes");
}

// Each piece ends with the first byte of the next line: then the parser takes the line before it,
// and its own limit does not count.
TEST(HttpAnswer, refuses_header_lines_without_end) {
  const std::string line = "X-More: of this\r\n";
  std::string bytes = "HTTP/1.1 200 O\r\n";  // one byte shorter than a line
  for (int i = 0; i < 2000; ++i) bytes += line;
  EXPECT_EQ(outcome(bytes, enough, line.size()), "too_large: header larger than 16384 bytes");
  EXPECT_EQ(outcome(bytes, enough, 1), "too_large: header larger than 16384 bytes");
  EXPECT_EQ(outcome(bytes), "too_large: header larger than 16384 bytes");
}

TEST(HttpAnswer, refuses_a_chunk_line_without_end) {
  EXPECT_EQ(outcome("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;" +
                    std::string(200'000, 'x')),
            "parse: broken chunked encoding");
}

TEST(HttpAnswer, refuses_a_trailer_without_end) {
  std::string bytes = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n";
  for (int i = 0; i < 20'000; ++i) bytes += "X-More: of the same\r\n";
  EXPECT_EQ(outcome(bytes), "parse: broken chunked encoding");
}

}  // namespace
}  // namespace mesh::http_answer_test
