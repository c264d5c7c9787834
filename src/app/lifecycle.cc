// What is answered to whom; the rules are in lifecycle.h.
#include "app/lifecycle.h"

#include <utility>

namespace mesh {
namespace {

constexpr const char* acts = "POST, PUT";

WebReply plain(int status, std::string words) {
  WebReply reply;
  reply.status = status;
  reply.body = std::move(words);
  return reply;
}

WebReply reloaded(const Lifecycle& lifecycle) {
  const std::string wrong = lifecycle.reload();
  if (wrong.empty()) return plain(200, "reloaded\n");
  return plain(500, "not reloaded, the old configuration goes on:\n" + wrong);
}

}  // namespace

std::optional<WebReply> answer_lifecycle(const WebRequest& request, const Lifecycle& lifecycle) {
  const bool acting = request.method == "POST" || request.method == "PUT";
  if (request.path != "/-/reload" && request.path != "/-/quit") {
    if (!acting) return std::nullopt;
    return plain(405, "this can only be read\n");
  }
  if (!acting) {
    WebReply reply = plain(405, "this wants a POST or PUT\n");
    reply.allow = acts;
    return reply;
  }
  if (!lifecycle.enabled) return plain(403, "not allowed without --web.enable-lifecycle\n");
  if (request.path == "/-/reload") return reloaded(lifecycle);
  lifecycle.quit();
  return plain(200, "ending\n");
}

}  // namespace mesh
