// The order is that of Prometheus' exporters: first the rate, which costs nothing, then who asks.
#include "net/web_gate.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "net/http_reply.h"

namespace mesh {
namespace {

namespace asio = boost::asio;

WebReply unauthorized() {
  WebReply reply = plain_reply(401);
  reply.headers.push_back({"WWW-Authenticate", "Basic realm=\"mesh_exporter\""});
  return reply;
}

void say_besides(const WebConfig& config, WebReply& reply) {
  for (const std::string_view name : web_headers) {
    const auto said = config.headers.find(std::string(name));
    // Every answer with a body says nosniff anyhow, and nothing else may be configured.
    if (said == config.headers.end() || name == "X-Content-Type-Options") continue;
    std::erase_if(reply.headers, [&](const WebHeader& header) { return header.name == name; });
    reply.headers.push_back({name, said->second});
  }
}

}  // namespace

WebGate::WebGate(WebHandler inside, ScrapeLimit limit)
    : inside_(std::move(inside)), limit_(std::move(limit)) {}

void WebGate::change(std::shared_ptr<const WebConfig> config) {
  if (config->rate != bucket_.rate()) bucket_ = TokenBucket(config->rate);
  config_ = std::move(config);
}

asio::awaitable<WebReply> WebGate::answer(WebRequest request) {
  if (limit_.most == 0 || request.path != limit_.path) {
    WebReply reply = co_await inside_(std::move(request));
    co_return reply;
  }
  if (*scrapes_ >= limit_.most) {
    co_return plain_reply(503, "as many scrapes as are allowed at once are under way");
  }
  const UnderWay scrape(scrapes_);
  WebReply reply = co_await inside_(std::move(request));
  co_return reply;
}

asio::awaitable<WebReply> WebGate::admit(WebRequest request, const WebConfig& config) {
  if (!config.users.empty()) {
    std::string authorization = std::move(request.authorization);
    const BasicAuth::Verdict verdict = co_await auth_.check(std::move(authorization), config.users);
    if (verdict == BasicAuth::Verdict::wrong) co_return unauthorized();
    if (verdict == BasicAuth::Verdict::crowded) {
      co_return plain_reply(503, "too many passwords are being checked; ask again later");
    }
  }
  WebReply reply = co_await answer(std::move(request));
  co_return reply;
}

asio::awaitable<WebReply> WebGate::handle(WebRequest request) {
  const std::shared_ptr<const WebConfig> config = config_;
  if (!bucket_.take(Instant::clock::now())) co_return plain_reply(429);
  WebReply reply = co_await admit(std::move(request), *config);
  say_besides(*config, reply);
  co_return reply;
}

}  // namespace mesh
