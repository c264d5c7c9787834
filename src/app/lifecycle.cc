// What is answered to whom; the rules are in lifecycle.h.
#include "app/lifecycle.h"

#include "net/http_reply.h"

namespace mesh {
namespace {

constexpr const char* acts = "POST, PUT";

WebReply reloaded(const Lifecycle& lifecycle) {
  const std::string wrong = lifecycle.reload();
  if (wrong.empty()) return plain_reply(200, "reloaded");
  return plain_reply(500, "not reloaded, the old configuration goes on:\n" + wrong);
}

}  // namespace

std::optional<WebReply> answer_lifecycle(const WebRequest& request, const Lifecycle& lifecycle) {
  const bool acting = request.method == "POST" || request.method == "PUT";
  if (request.path != "/-/reload" && request.path != "/-/quit") {
    if (!acting) return std::nullopt;
    return plain_reply(405, "this can only be read");
  }
  if (!acting) {
    WebReply reply = plain_reply(405, "this wants a POST or PUT");
    reply.allow = acts;
    return reply;
  }
  if (!lifecycle.enabled) return plain_reply(403, "not allowed without --web.enable-lifecycle");
  if (request.path == "/-/reload") return reloaded(lifecycle);
  lifecycle.quit();
  return plain_reply(200, "ending");
}

}  // namespace mesh
