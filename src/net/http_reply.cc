// Which headers we send, and why: see each. No `Server`: whoever may see our version finds it in
// the metrics.
#include "net/http_reply.h"

#include <algorithm>
#include <array>
#include <boost/beast/http/status.hpp>
#include <ctime>
#include <string_view>
#include <utility>

namespace mesh {
namespace {

std::string reason_phrase(int status) {
  const auto known = boost::beast::http::int_to_status(static_cast<unsigned>(status));
  return std::string(boost::beast::http::obsolete_reason(known));
}

// A value with a line end in it could add headers or a body of its own.
bool fits_in_a_line(std::string_view value) {
  return std::all_of(value.begin(), value.end(),
                     [](char c) { return static_cast<unsigned char>(c) >= ' ' && c != '\x7f'; });
}

void add(std::string& head, std::string_view name, std::string_view value) {
  if (value.empty() || !fits_in_a_line(value)) return;
  head.append(name).append(": ").append(value).append("\r\n");
}

// RFC 9110, 5.6.7, in English whatever the locale: "Sun, 06 Nov 1994 08:49:37 GMT".
std::string http_date(WallTime now) {
  constexpr std::array days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                              "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::time_t t = std::chrono::system_clock::to_time_t(now);
  std::tm utc{};
  gmtime_r(&t, &utc);
  std::array<char, 64> text{};
  const auto length = std::strftime(text.data(), text.size(), " %Y %H:%M:%S GMT", &utc);
  std::array<char, 8> day{};
  std::strftime(day.data(), day.size(), ", %d ", &utc);
  return days[static_cast<std::size_t>(utc.tm_wday)] + std::string(day.data()) +
         months[static_cast<std::size_t>(utc.tm_mon)] + std::string(text.data(), length);
}

}  // namespace

bool may_have_body(int status) { return status / 100 != 1 && status != 204 && status != 304; }

WebReply plain_reply(int status) {
  return plain_reply(status, std::to_string(status) + " " + reason_phrase(status));
}

WebReply plain_reply(int status, std::string words) {
  WebReply reply;
  reply.status = status;
  reply.body = std::move(words) + "\n";
  return reply;
}

std::string reply_head(const WebReply& reply, bool keep_alive, WallTime now) {
  std::string head =
      "HTTP/1.1 " + std::to_string(reply.status) + " " + reason_phrase(reply.status) + "\r\n";
  add(head, "Date", http_date(now));
  if (may_have_body(reply.status)) {
    add(head, "Content-Type", reply.content_type);
    add(head, "Content-Encoding", reply.content_encoding);
    add(head, "Content-Length", std::to_string(reply.body.size()));
    // Names out of the mesh stand on our pages; no browser shall take text for a script.
    add(head, "X-Content-Type-Options", "nosniff");
  }
  add(head, "Vary", reply.vary);
  add(head, "Location", reply.location);
  for (const WebHeader& header : reply.headers) add(head, header.name, header.value);
  if (reply.status == 405) add(head, "Allow", reply.allow);
  add(head, "Connection", keep_alive ? "keep-alive" : "close");
  head += "\r\n";
  return head;
}

}  // namespace mesh
