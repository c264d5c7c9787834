// Beast's parser, fed by hand, with what it does not bound (seen in Boost 1.81): header lines that
// arrive line by line are not counted against its header limit, and the line of a chunk has none.
#include "net/http_answer.h"

#include <algorithm>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <optional>
#include <string_view>
#include <utility>

#include "base/limits.h"
#include "base/quoted.h"

namespace mesh {
namespace {

namespace http = boost::beast::http;
using boost::system::error_code;

constexpr std::size_t read_bytes = 64 * 1024;
constexpr std::size_t excerpt_bytes = 40;
constexpr int max_interim_answers = 8;

// The end of a chunked body takes five bytes at least ("0\r\n\r\n"), and so do the rest of a body
// and its end at any moment. Beast asserts that much when it resumes at the last chunk.
constexpr std::size_t least_chunked_bytes = 5;

constexpr std::string_view protocol = "HTTP/";

bool may_be_http(std::string_view opening) {
  return opening.substr(0, protocol.size()) == protocol.substr(0, opening.size());
}

}  // namespace

struct HttpAnswer::State {
  using Parser = http::response_parser<http::string_body>;

  explicit State(std::size_t max) : max_body(max) { expect_next(); }

  void expect_next();
  Progress fail(Reason reason, std::string message);
  Progress fail(const error_code& error);
  Progress not_http();
  bool header_too_long(std::size_t used);
  bool endless_by_rule() const;
  Progress parse();

  const std::size_t max_body;
  boost::beast::flat_buffer buffer;  // what the parser has not taken yet
  std::optional<Parser> parser;
  std::size_t header_bytes = 0;
  std::uint64_t bytes = 0;  // arrived in all
  std::string opening;      // the first bytes, for the message if this is no HTTP
  int interim_answers = 0;
  Failure failure{};
};

void HttpAnswer::State::expect_next() {
  parser.emplace();
  parser->eager(true);
  parser->header_limit(limits::http_header_bytes);
  parser->body_limit(max_body);
  header_bytes = 0;
}

HttpAnswer::Progress HttpAnswer::State::fail(Reason reason, std::string message) {
  failure.reason = reason;
  failure.message = std::move(message);
  return Progress::broken;
}

HttpAnswer::Progress HttpAnswer::State::not_http() {
  const std::string_view start(opening);
  return fail(Reason::parse,
              "not HTTP: " + in_quotes(start.substr(0, start.find_first_of("\r\n"))));
}

HttpAnswer::Progress HttpAnswer::State::fail(const error_code& error) {
  if (error == http::error::header_limit) {
    return fail(Reason::too_large,
                "header larger than " + std::to_string(limits::http_header_bytes) + " bytes");
  }
  if (error == http::error::body_limit) {
    return fail(Reason::too_large, "answer larger than " + std::to_string(max_body) + " bytes");
  }
  if (!parser->is_header_done()) return not_http();
  return fail(Reason::parse, "broken chunked encoding");
}

// Counts what the parser took of an unfinished header, and what it left.
bool HttpAnswer::State::header_too_long(std::size_t used) {
  if (parser->is_header_done()) return false;
  header_bytes += used;
  return header_bytes + buffer.size() > limits::http_header_bytes;
}

bool HttpAnswer::State::endless_by_rule() const {
  return parser->is_header_done() && !parser->is_done() && parser->need_eof() &&
         parser->get().version() == 11 && parser->get().keep_alive();
}

HttpAnswer::Progress HttpAnswer::State::parse() {
  while (buffer.size() > 0) {
    const bool chunked = parser->is_header_done() && parser->chunked();
    if (chunked && buffer.size() < least_chunked_bytes) return Progress::more;
    error_code error;
    const std::size_t used = parser->put(buffer.cdata(), error);
    buffer.consume(used);
    if (error && error != http::error::need_more) return fail(error);
    if (header_too_long(used)) return fail(http::error::header_limit);
    if (endless_by_rule()) return fail(Reason::parse, "an HTTP/1.1 answer without a length");
    if (parser->is_done()) {
      const int status = static_cast<int>(parser->get().result_int());
      if (status / 100 != 1 || status == 101) return Progress::whole;
      if (++interim_answers > max_interim_answers) {
        return fail(Reason::parse, "too many interim answers");
      }
      expect_next();
    } else if (error) {
      if (buffer.size() > limits::http_header_bytes) {
        return fail(Reason::parse, "broken chunked encoding");
      }
      return Progress::more;
    }
  }
  return Progress::more;
}

HttpAnswer::HttpAnswer(std::size_t max_body_bytes)
    : state_(std::make_unique<State>(max_body_bytes)) {}

HttpAnswer::~HttpAnswer() = default;

std::span<char> HttpAnswer::room() {
  const auto space = state_->buffer.prepare(read_bytes);
  return {static_cast<char*>(space.data()), space.size()};
}

HttpAnswer::Progress HttpAnswer::arrived(std::size_t bytes) {
  State& s = *state_;
  if (s.opening.size() < excerpt_bytes) {
    // What room() gave starts right behind what the buffer holds.
    const auto space = s.buffer.prepare(bytes);
    const auto wanted = std::min(bytes, excerpt_bytes - s.opening.size());
    s.opening.append(static_cast<const char*>(space.data()), wanted);
  }
  s.buffer.commit(bytes);
  s.bytes += bytes;
  if (!may_be_http(s.opening)) return s.not_http();
  return s.parse();
}

HttpAnswer::Progress HttpAnswer::ended() {
  State& s = *state_;
  if (!begun()) return s.fail(Reason::connect, "closed without an answer");
  error_code error = http::error::partial_message;
  if (s.parser->is_header_done()) s.parser->put_eof(error);
  if (error) return s.fail(Reason::connect, "closed in the middle of the answer");
  return Progress::whole;
}

bool HttpAnswer::begun() const { return !state_->opening.empty(); }

std::uint64_t HttpAnswer::bytes() const { return state_->bytes; }

int HttpAnswer::status() const { return static_cast<int>(state_->parser->get().result_int()); }

std::string HttpAnswer::take_body() { return std::move(state_->parser->get().body()); }

bool HttpAnswer::reusable() const {
  return state_->parser->keep_alive() && state_->buffer.size() == 0 && status() != 101;
}

const Failure& HttpAnswer::failure() const { return state_->failure; }

}  // namespace mesh
