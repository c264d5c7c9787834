// Requests out of bytes: where one ends, whatever the pieces they come in. What is refused is told
// by the conversations in http_server_test.cc.
#include "net/http_question.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>

namespace mesh::http_question_test {
namespace {

// The questions in `bytes`, given `step` at a time, until the first that is not keep_alive: a line
// "GET /path?query" or "refused 400" for each.
std::string questions(const std::string& bytes, std::size_t step) {
  HttpQuestionReader reader;
  HttpQuestion question;
  std::string seen;
  for (std::size_t given = 0; given < bytes.size();) {
    const auto room = reader.room();
    const auto piece = std::min({step, room.size(), bytes.size() - given});
    std::copy_n(bytes.data() + given, piece, room.data());
    given += piece;
    reader.arrived(piece);
    while (reader.next(question)) {
      if (question.refusal != 0) return seen + "refused " + std::to_string(question.refusal);
      seen += question.web.method + " " + question.web.path + "?" + question.web.query + "\n";
      if (!question.keep_alive) return seen;
    }
  }
  return seen;
}

TEST(HttpQuestion, is_the_same_however_the_bytes_are_cut) {
  const std::string bytes =
      "GET /a?b=c HTTP/1.1\r\nHost: here\r\nAccept: */*\r\n\r\n"
      "HEAD / HTTP/1.1\r\nHost: here\r\n\r\n"
      "GET /d HTTP/1.1\r\nHo";
  for (std::size_t step = 1; step <= bytes.size(); ++step) {
    EXPECT_EQ(questions(bytes, step), "GET /a?b=c\nHEAD /?\n") << step;
  }
}

// The request in these bytes, which are one whole question.
WebRequest request_in(std::string_view bytes) {
  HttpQuestionReader reader;
  HttpQuestion question;
  std::ranges::copy(bytes, reader.room().begin());
  reader.arrived(bytes.size());
  EXPECT_TRUE(reader.next(question));
  return question.web;
}

TEST(HttpQuestion, says_how_long_a_scraper_will_wait_however_that_is_spelt) {
  for (const std::string name :
       {"X-Prometheus-Scrape-Timeout-Seconds", "x-prometheus-scrape-timeout-seconds"}) {
    const WebRequest asked =
        request_in("GET / HTTP/1.1\r\nHost: here\r\n" + name + ": 9.5\r\n\r\n");
    EXPECT_EQ(asked.scrape_timeout, "9.5");
  }
}

TEST(HttpQuestion, tells_which_page_of_a_browser_asks) {
  const WebRequest asked = request_in(
      "POST /-/quit HTTP/1.1\r\nhost: agent:10420\r\norigin: http://evil.example\r\n"
      "sec-fetch-site: cross-site\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(asked.host, "agent:10420");
  EXPECT_EQ(asked.origin, "http://evil.example");
  EXPECT_EQ(asked.fetch_site, "cross-site");
}

TEST(HttpQuestion, is_the_last_when_it_says_so) {
  EXPECT_EQ(questions("GET /a HTTP/1.0\r\n\r\nGET /b HTTP/1.0\r\n\r\n", 100), "GET /a?\n");
}

// Each piece ends with the first byte of the next line: then the parser takes the line before it,
// and its own limit does not count.
TEST(HttpQuestion, of_header_lines_without_end_is_refused) {
  const std::string line = "X-More: of this\r\n";
  std::string bytes = "GET / HTTP/1.1\r\n";  // one byte shorter than a line
  for (int i = 0; i < 2000; ++i) bytes += line;
  EXPECT_EQ(questions(bytes, line.size()), "refused 431");
  EXPECT_EQ(questions(bytes, 1), "refused 431");
  EXPECT_EQ(questions(bytes, bytes.size()), "refused 431");
}

}  // namespace
}  // namespace mesh::http_question_test
