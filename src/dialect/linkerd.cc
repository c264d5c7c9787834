// One page a poll, two passes over its samples; see linkerd.h.
#include "dialect/linkerd.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include "dialect/agent_certificates.h"
#include "dialect/check_answer.h"
#include "dialect/linkerd_traffic.h"
#include "dialect/linkerd_truth.h"
#include "dialect/linkerd_upstreams.h"
#include "wire/exposition.h"

namespace mesh {
namespace {

constexpr std::string_view how_to_be_let_in =
    "; the workload's policy does not let the agent ask: allow it at the port linkerd-admin (4191) "
    "by a Server and an AuthorizationPolicy, or by config.linkerd.io/default-inbound-policy";

// What the page says of the process.
struct Process {
  std::optional<std::string> version, build;
  std::optional<double> started, uptime;  // seconds since 1970; seconds

  void enter(const Sample& sample);
};

void Process::enter(const Sample& sample) {
  if (sample.name == "process_start_time_seconds") started = sample.value;
  if (sample.name == "process_uptime_seconds_total") uptime = sample.value;
  if (sample.name != "proxy_build_info") return;
  version = sample.label("version");
  build = sample.label("git_sha");
  if (const std::string_view profile = sample.label("profile"); !profile.empty()) {
    build->append(build->empty() ? "" : "/").append(profile);
  }
}

// Certificates that the identity controller was asked for in vain: answers of the address that the
// proxy says is that controller's.
class IdentityAnswers {
 public:
  void look(const Sample& sample) {
    if (sample.name == "control_identity_balancer_endpoints") address_ = sample.label("addr");
  }
  void enter(const Sample& sample) {
    if (sample.name != "control_response_total" || sample.label("addr") != address_) return;
    const bool failed = sample.label("classification") == "failure";
    if (failed && fits_counter(sample.value)) {
      failures_ += static_cast<std::uint64_t>(sample.value);
    }
  }
  void tell(Readings& readings) const {
    if (readings.agent && !address_.empty()) {
      readings.agent->failures.push_back({"request_failed", failures_});
    }
  }

 private:
  std::string address_;
  std::uint64_t failures_ = 0;
};

class LinkerdConversation final : public Conversation {
 public:
  LinkerdConversation(Request page, std::string admin_port)
      : page_(std::move(page)), traffic_(std::move(admin_port)) {}

  Step begin(Instant) override { return page_; }
  Step hear(Answer answer) override;

 private:
  bool note_life(const Process& process);
  void read(const Response& answer, IdentityAnswers& identity, Readings& readings);

  Request page_;
  LinkerdTruth truth_;
  LinkerdTraffic traffic_;
  std::uint64_t incarnation_ = 0;
  std::optional<double> started_;
};

void tell(const Process& process, Readings& readings) {
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

Step LinkerdConversation::hear(Answer answer) {
  const std::string_view page = page_of(page_);
  if (auto failure = check_answer(answer, page)) {
    if (failure->reason == Reason::forbidden) failure->message += how_to_be_let_in;
    return *failure;
  }
  Process process;
  IdentityAnswers identity;
  truth_.begin();
  const ExpositionReport report = read_exposition(answer->body, [&](const Sample& sample) {
    truth_.look(sample);
    process.enter(sample);
    identity.look(sample);
  });
  if (auto failure = check_samples(report, page)) return *failure;
  truth_.judge(note_life(process));
  Readings readings;
  readings.at = answer->sent + (answer->received - answer->sent) / 2;
  readings.incarnation = incarnation_;
  readings.unreadable = report.unreadable;
  readings.unreadable_sample = report.unreadable_sample;
  tell(process, readings);
  read(*answer, identity, readings);
  return readings;
}

// True if it is a new one.
bool LinkerdConversation::note_life(const Process& process) {
  if (!process.started) return false;
  const bool restarted = started_ && *started_ != *process.started;
  if (restarted) ++incarnation_;
  started_ = process.started;
  return restarted;
}

// The second pass, which knows what the samples mean.
void LinkerdConversation::read(const Response& answer, IdentityAnswers& identity,
                               Readings& readings) {
  AgentCertificates agent;
  LinkerdUpstreams upstreams;
  traffic_.begin();
  read_exposition(answer.body, [&](const Sample& sample) {
    agent.enter(sample);
    identity.enter(sample);
    traffic_.enter(sample, truth_);
    upstreams.enter(sample, truth_, traffic_);
  });
  agent.tell(answer, readings);
  identity.tell(readings);
  upstreams.tell(readings);
  traffic_.tell(readings);
  tell_times(truth_.times(), readings);
}

}  // namespace

std::unique_ptr<Conversation> open_linkerd(const Target& target, const Config&) {
  Request page{Request::Port::admin, "/metrics"};
  if (target.metrics) page = {Request::Port::metrics, target.metrics->path};
  const std::uint16_t port = target.metrics ? target.metrics->address.port
                             : target.admin ? target.admin->port
                                            : 0;
  return std::make_unique<LinkerdConversation>(std::move(page), std::to_string(port));
}

}  // namespace mesh
