// The admin port's conversation, and then perhaps one more question; see agent_page.h.
#include "dialect/agent_page.h"

#include <algorithm>
#include <utility>

#include "dialect/agent_certificates.h"
#include "dialect/beat.h"
#include "dialect/check_answer.h"
#include "wire/exposition.h"

namespace mesh {
namespace {

constexpr std::string_view question = "metrics page";

class AgentPageConversation final : public Conversation {
 public:
  AgentPageConversation(std::unique_ptr<Conversation> admin, const std::string& path,
                        Duration interval)
      : admin_(std::move(admin)), path_(without_envoys_part(path)), beat_(interval) {}

  Step begin(Instant now) override {
    begun_ = now;
    readings_.reset();
    return after(admin_->begin(now));
  }

  Step hear(Answer answer) override {
    return readings_ ? hear_page(answer) : after(admin_->hear(std::move(answer)));
  }

 private:
  Step after(Step step);
  Step hear_page(const Answer& answer);

  std::unique_ptr<Conversation> admin_;
  std::string path_;
  Beat beat_;
  int dear_in_a_row_ = 0;  // answers that did not come in time, or were refused for their length
  int beats_to_rest_ = 0;
  Instant begun_;
  std::optional<Readings> readings_;  // of the admin port, while the page is asked
};

Step AgentPageConversation::after(Step step) {
  auto* readings = std::get_if<Readings>(&step);
  if (!readings || !beat_.is_due(begun_)) return step;
  beat_.strike(begun_);
  if (beats_to_rest_ > 0) {
    --beats_to_rest_;
    return step;
  }
  readings_ = std::move(*readings);
  return Request{Request::Port::metrics, path_};
}

Step AgentPageConversation::hear_page(const Answer& answer) {
  const bool dear = !answer && (answer.error().reason == Reason::timeout ||
                                answer.error().reason == Reason::too_large);
  dear_in_a_row_ = dear ? std::min(dear_in_a_row_ + 1, 4) : 0;
  beats_to_rest_ = dear ? (1 << (dear_in_a_row_ - 1)) - 1 : 0;
  if (auto failure = check_answer(answer, question)) {
    readings_->partial.push_back(std::move(*failure));
    return std::move(*readings_);
  }
  AgentCertificates agent;
  const ExpositionReport report =
      read_exposition(answer->body, [&](const Sample& sample) { agent.enter(sample); });
  // Empty where the page is Envoy's own, which the filter leaves nothing of.
  if (auto failure = check_samples(report, question); failure && report.unreadable > 0) {
    readings_->partial.push_back(std::move(*failure));
    return std::move(*readings_);
  }
  readings_->heard.push_back(question);
  agent.tell(*answer, *readings_);
  return std::move(*readings_);
}

}  // namespace

std::string without_envoys_part(const std::string& path) {
  return path == "/stats/prometheus" ? path + "?usedonly&filter=%5E%24" : path;  // ^$
}

std::unique_ptr<Conversation> with_agent_page(std::unique_ptr<Conversation> admin,
                                              const std::string& path, Duration interval) {
  return std::make_unique<AgentPageConversation>(std::move(admin), path, interval);
}

}  // namespace mesh
