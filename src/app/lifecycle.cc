// What is answered to whom; the rules are in lifecycle.h.
#include "app/lifecycle.h"

#include <algorithm>
#include <cctype>
#include <string_view>

#include "net/http_reply.h"

namespace mesh {
namespace {

constexpr const char* acts = "POST, PUT";

WebReply reloaded(const Lifecycle& lifecycle) {
  const std::string wrong = lifecycle.reload();
  if (wrong.empty()) return plain_reply(200, "reloaded");
  return plain_reply(500, "not reloaded, the old configuration goes on:\n" + wrong);
}

bool same_name(std::string_view one, std::string_view other) {
  return std::ranges::equal(one, other, [](unsigned char a, unsigned char b) {
    return std::tolower(a) == std::tolower(b);
  });
}

// The authority of an origin. One without is "null", of a page that has no site ("data:", a
// sandbox): no host's name.
std::string_view authority_of(std::string_view origin) {
  const auto scheme = origin.find("://");
  return scheme == std::string_view::npos ? "" : origin.substr(scheme + 3);
}

// Programs send neither header. A browser leaves Sec-Fetch-Site out where it was not reached by
// TLS or on the loopback, and then has Origin at a POST or PUT. Both leave the scheme's usual port
// out of the names they tell.
bool is_from_another_site(const WebRequest& request) {
  const std::string& site = request.fetch_site;
  if (!site.empty() && site != "same-origin" && site != "none") return true;
  if (request.origin.empty()) return false;
  const std::string_view authority = authority_of(request.origin);
  return authority.empty() || !same_name(authority, request.host);
}

}  // namespace

std::optional<WebReply> answer_lifecycle(const WebRequest& request, const Lifecycle& lifecycle) {
  const bool acting = request.method == "POST" || request.method == "PUT";
  const bool reading = request.method == "GET" || request.method == "HEAD";
  if (request.path != "/-/reload" && request.path != "/-/quit") {
    if (reading) return std::nullopt;
    return plain_reply(405, "this can only be read");
  }
  if (!acting) {
    WebReply reply = plain_reply(405, "this wants a POST or PUT");
    reply.allow = acts;
    return reply;
  }
  if (!lifecycle.enabled) return plain_reply(403, "not allowed without --web.enable-lifecycle");
  if (is_from_another_site(request)) {
    return plain_reply(403, "not allowed to pages of other sites (see Origin, Sec-Fetch-Site)");
  }
  if (request.path == "/-/reload") return reloaded(lifecycle);
  lifecycle.quit(request);
  return plain_reply(200, "ending");
}

}  // namespace mesh
