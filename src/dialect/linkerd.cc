// One page a poll, one pass over its samples; see linkerd.h.
#include "dialect/linkerd.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include "dialect/agent_certificates.h"
#include "dialect/check_answer.h"
#include "wire/exposition.h"

namespace mesh {
namespace {

class LinkerdConversation final : public Conversation {
 public:
  explicit LinkerdConversation(Request page) : page_(std::move(page)) {}

  Step begin(Instant) override { return page_; }
  Step hear(Answer answer) override;

 private:
  // What the page says of the process.
  struct Process {
    std::optional<std::string> version, build;
    std::optional<double> started, uptime;  // seconds since 1970; seconds
  };

  static void enter(const Sample& sample, Process& process);
  void note(const Process& process, Readings& readings);

  Request page_;
  std::uint64_t incarnation_ = 0;
  std::optional<double> started_;
};

void LinkerdConversation::enter(const Sample& sample, Process& process) {
  if (sample.name == "process_start_time_seconds") process.started = sample.value;
  if (sample.name == "process_uptime_seconds_total") process.uptime = sample.value;
  if (sample.name != "proxy_build_info") return;
  process.version = sample.label("version");
  process.build = sample.label("git_sha");
  if (const std::string_view profile = sample.label("profile"); !profile.empty()) {
    process.build->append(process.build->empty() ? "" : "/").append(profile);
  }
}

Step LinkerdConversation::hear(Answer answer) {
  const std::string_view page = std::string_view(page_.path).substr(0, page_.path.find('?'));
  if (auto failure = check_answer(answer, page)) return *failure;
  AgentCertificates agent;
  Process process;
  const ExpositionReport report = read_exposition(answer->body, [&](const Sample& sample) {
    agent.enter(sample);
    enter(sample, process);
  });
  if (auto failure = check_samples(report, page)) return *failure;
  Readings readings;
  readings.at = answer->sent + (answer->received - answer->sent) / 2;
  readings.unreadable = report.unreadable;
  readings.unreadable_sample = report.unreadable_sample;
  agent.tell(*answer, readings);
  note(process, readings);
  return readings;
}

void LinkerdConversation::note(const Process& process, Readings& readings) {
  if (process.started) {
    if (started_ && *started_ != *process.started) ++incarnation_;
    started_ = process.started;
  }
  readings.incarnation = incarnation_;
  if (!process.version) return;
  Proxy proxy;
  proxy.version = *process.version;
  proxy.build = *process.build;
  if (process.uptime) {
    const auto uptime = std::chrono::duration<double>(std::clamp(*process.uptime, 0.0, 1e9));
    proxy.started = readings.at - std::chrono::duration_cast<Duration>(uptime);
  }
  readings.proxy = std::move(proxy);
}

}  // namespace

std::unique_ptr<Conversation> open_linkerd(const Target& target, const Config&) {
  Request page{Request::Port::admin, "/metrics"};
  if (target.metrics) page = {Request::Port::metrics, target.metrics->path};
  return std::make_unique<LinkerdConversation>(std::move(page));
}

}  // namespace mesh
