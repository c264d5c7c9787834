// Beast's parser, fed by hand, header only. Beast 1.81 does not count header lines that arrive one
// by one against its header limit, so that is done here.
#include "net/http_question.h"

#include <algorithm>
#include <array>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <optional>
#include <string_view>
#include <utility>

#include "base/limits.h"

namespace mesh {
namespace {

namespace http = boost::beast::http;
using http::field;
using Fields = http::request<http::empty_body>;

// A request is small; a scraper's is about 300 bytes.
constexpr std::size_t read_bytes = 2048;

// Of any other, the handler says that it does not have it: which there are depends on the path.
constexpr std::array<std::string_view, 4> known_methods{"GET", "HEAD", "POST", "PUT"};

HttpQuestion refused(int status) {
  HttpQuestion question;
  question.refusal = status;
  return question;
}

// `name` as Beast knows it, or as it is written.
template <class Name>
std::string value_of(const Fields& header, Name name) {
  const auto value = header[name];
  return {value.data(), value.size()};
}

// "http://host/path" is what a proxy is asked for; every server must understand it.
std::string_view without_authority(std::string_view target) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!target.starts_with(scheme)) continue;
    const auto path = target.find_first_of("/?", scheme.size());
    return path == std::string_view::npos ? "/" : target.substr(path);
  }
  return target;
}

HttpQuestion understand(const Fields& header, bool keep_alive) {
  HttpQuestion question;
  // RFC 9112, 3.2: without exactly one Host nobody knows whom an HTTP/1.1 request is for.
  if (header.version() == 11 && header.count(field::host) != 1) return refused(400);
  const bool has_body =
      header.count(field::transfer_encoding) > 0 ||
      (header.count(field::content_length) > 0 &&
       header[field::content_length].find_first_not_of('0') != boost::beast::string_view::npos);
  question.keep_alive = keep_alive && !has_body;
  question.web.method = std::string(header.method_string());
  const bool known = std::ranges::find(known_methods, question.web.method) != known_methods.end();
  if (has_body && known) return refused(413);
  const auto whole = header.target();
  const auto target = without_authority({whole.data(), whole.size()});
  const auto mark = target.find('?');
  question.web.path = target.substr(0, mark);
  if (mark != std::string_view::npos) question.web.query = target.substr(mark + 1);
  if (question.web.path.empty()) question.web.path = "/";
  if (question.web.path[0] != '/') return refused(known ? 400 : 405);  // "OPTIONS *"
  question.web.accept = value_of(header, field::accept);
  question.web.accept_encoding = value_of(header, field::accept_encoding);
  question.web.authorization = value_of(header, field::authorization);
  question.web.scrape_timeout = value_of(header, "X-Prometheus-Scrape-Timeout-Seconds");
  question.web.host = value_of(header, field::host);
  question.web.origin = value_of(header, field::origin);
  question.web.fetch_site = value_of(header, "Sec-Fetch-Site");
  return question;
}

}  // namespace

struct HttpQuestionReader::State {
  State() { expect_next(); }

  void expect_next() {
    parser.emplace();
    parser->header_limit(limits::http_header_bytes);
    parser->body_limit(boost::none);  // a body is refused, whatever its size
    header_bytes = 0;
  }

  boost::beast::flat_buffer buffer;
  std::optional<http::request_parser<http::empty_body>> parser;
  std::size_t header_bytes = 0;  // taken by the parser
};

HttpQuestionReader::HttpQuestionReader() : state_(std::make_unique<State>()) {}

HttpQuestionReader::~HttpQuestionReader() = default;

bool HttpQuestionReader::next(HttpQuestion& question) {
  State& s = *state_;
  if (s.buffer.size() == 0) return false;
  boost::system::error_code error;
  const std::size_t used = s.parser->put(s.buffer.cdata(), error);
  s.buffer.consume(used);
  s.header_bytes += used;
  if (!s.parser->is_header_done()) {
    const bool too_long = error == http::error::header_limit ||
                          s.header_bytes + s.buffer.size() > limits::http_header_bytes;
    if (!too_long && (!error || error == http::error::need_more)) return false;
    question = refused(too_long ? 431 : 400);
    return true;
  }
  question = error ? refused(400) : understand(s.parser->get(), s.parser->keep_alive());
  s.expect_next();
  return true;
}

std::span<char> HttpQuestionReader::room() {
  const auto space = state_->buffer.prepare(read_bytes);
  return {static_cast<char*>(space.data()), space.size()};
}

void HttpQuestionReader::arrived(std::size_t bytes) { state_->buffer.commit(bytes); }

}  // namespace mesh
