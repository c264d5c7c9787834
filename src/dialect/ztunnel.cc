// The dump or a sign of life; see ztunnel.h.
#include "dialect/ztunnel.h"

#include <string>
#include <string_view>
#include <utility>

#include "base/quoted.h"
#include "dialect/beat.h"
#include "dialect/check_answer.h"
#include "dialect/envoy_prometheus.h"
#include "wire/ztunnel_config_dump.h"

namespace mesh {
namespace {

constexpr std::string_view dump_path = "/config_dump", links_path = "/";

class ZtunnelConversation final : public Conversation {
 public:
  explicit ZtunnelConversation(Duration interval) : beat_(interval) {}

  Step begin(Instant now) override {
    readings_ = {};
    asks_dump_ = beat_.is_due(now);
    if (asks_dump_) beat_.strike(now);
    return ask(asks_dump_ ? dump_path : links_path);
  }

  Step hear(Answer answer) override { return asks_dump_ ? hear_dump(answer) : hear_links(answer); }

 private:
  static Request ask(std::string_view path) {
    return Request{Request::Port::admin, std::string(path)};
  }

  Step hear_dump(const Answer& answer);
  Step hear_links(const Answer& answer);

  Step down(Failure failure) {
    beat_.forget();  // the dump is asked for in the next poll
    return failure;
  }

  // That somebody answered is no proof of a ztunnel: its other page must tell.
  Step ask_links(Failure about_dump) {
    readings_.partial.push_back(std::move(about_dump));
    asks_dump_ = false;
    return ask(links_path);
  }

  Beat beat_;
  bool asks_dump_ = false;
  Readings readings_;  // of this poll
};

Step ZtunnelConversation::hear_dump(const Answer& answer) {
  if (auto failure = check_answer(answer, dump_path)) {
    // Nobody there, or one who answers no question.
    const bool gone = !answer && answer.error().reason != Reason::too_large;
    return gone ? down(std::move(*failure)) : ask_links(std::move(*failure));
  }
  auto dump = parse_ztunnel_config_dump(answer->body);
  if (!dump) {
    return ask_links({Reason::parse, std::string(dump_path) + ": " + dump.error().message});
  }
  readings_.at = answer->received;
  readings_.heard.push_back(dump_path);
  readings_.unreadable = dump->unreadable;
  readings_.unreadable_sample = std::move(dump->unreadable_sample);
  readings_.certificates = CertificateLook{std::move(dump->held), false, 0};
  return std::move(readings_);
}

Step ZtunnelConversation::hear_links(const Answer& answer) {
  if (auto failure = check_answer(answer, links_path)) return down(std::move(*failure));
  if (!names_ztunnel(answer->body)) {
    return down({Reason::parse, std::string(links_path) +
                                    ": not the page of a ztunnel: " + in_quotes(answer->body)});
  }
  readings_.at = answer->received;
  return std::move(readings_);
}

}  // namespace

bool names_ztunnel(std::string_view page) { return page.find("Ztunnel") != std::string_view::npos; }

std::unique_ptr<Conversation> open_ztunnel(const Target& target, const Config& config) {
  if (!target.admin) return open_envoy_prometheus(target.metrics->path, "");
  return std::make_unique<ZtunnelConversation>(config.certificates.interval);
}

}  // namespace mesh
