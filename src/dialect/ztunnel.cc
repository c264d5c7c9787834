// The dump or a sign of life; see ztunnel.h.
#include "dialect/ztunnel.h"

#include <string>
#include <string_view>
#include <utility>

#include "dialect/beat.h"
#include "dialect/check_answer.h"
#include "dialect/envoy_prometheus.h"
#include "wire/ztunnel_config_dump.h"

namespace mesh {
namespace {

class ZtunnelConversation final : public Conversation {
 public:
  explicit ZtunnelConversation(Duration interval) : beat_(interval) {}

  Step begin(Instant now) override {
    asks_dump_ = beat_.is_due(now);
    if (asks_dump_) beat_.strike(now);
    return Request{Request::Port::admin, std::string(question())};
  }

  Step hear(Answer answer) override;

 private:
  std::string_view question() const { return asks_dump_ ? "/config_dump" : "/"; }

  Beat beat_;
  bool asks_dump_ = false;
};

Step ZtunnelConversation::hear(Answer answer) {
  Readings readings;
  if (!answer && answer.error().reason != Reason::too_large) {
    beat_.forget();  // asked again in the next poll
    return Failure{answer.error().reason, std::string(question()) + ": " + answer.error().message};
  }
  // Whatever else it says, it is alive.
  if (answer) readings.at = answer->received;
  if (!asks_dump_) return readings;
  if (auto failure = check_answer(answer, question())) {
    readings.partial.push_back(std::move(*failure));
    return readings;
  }
  auto dump = parse_ztunnel_config_dump(answer->body);
  if (!dump) {
    readings.partial.push_back(
        {Reason::parse, std::string(question()) + ": " + dump.error().message});
    return readings;
  }
  readings.heard.push_back(question());
  readings.unreadable = dump->unreadable;
  readings.unreadable_sample = std::move(dump->unreadable_sample);
  readings.certificates = CertificateLook{std::move(dump->held), false};
  return readings;
}

}  // namespace

std::unique_ptr<Conversation> open_ztunnel(const Target& target, const Config& config) {
  if (!target.admin) return open_envoy_prometheus(target.metrics->path, "");
  return std::make_unique<ZtunnelConversation>(config.certificates.interval);
}

}  // namespace mesh
