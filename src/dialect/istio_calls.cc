// Envoy's conversation, and then one more question; see istio_calls.h.
#include "dialect/istio_calls.h"

#include <string>
#include <utility>
#include <vector>

#include "base/url_encoding.h"
#include "dialect/beat.h"
#include "dialect/check_answer.h"
#include "dialect/istio_sample.h"
#include "dialect/istio_traffic.h"
#include "dialect/page_counters.h"

namespace mesh {
namespace {

constexpr std::string_view page = "/stats/prometheus";

// The numbers of scopes are those of one answer each.
constexpr std::uint32_t scope_of_istios = 1u << 31;

class IstioCallsConversation final : public Conversation {
 public:
  IstioCallsConversation(std::unique_ptr<Conversation> envoy, Duration interval)
      : envoy_(std::move(envoy)), beat_(interval) {}

  Step begin(Instant now) override {
    begun_ = now;
    readings_.reset();
    return after(envoy_->begin(now));
  }

  Step hear(Answer answer) override {
    if (readings_) return hear_page(answer);
    if (answer) connection_ = answer->connection;
    return after(envoy_->hear(std::move(answer)));
  }

 private:
  using SeriesList = std::shared_ptr<const std::vector<Series>>;

  Step after(Step step);
  Step hear_page(const Answer& answer);
  bool is_of_another_process(const Response& answer);
  void read(const Response& answer);
  void note_envoys();
  void judge_as_before();
  void join(const SeriesList& istios, const std::vector<std::uint64_t>& values, bool complete);

  std::unique_ptr<Conversation> envoy_;
  Beat beat_;
  Instant begun_;
  std::optional<Readings> readings_;  // Envoy's, while the page is asked
  std::uint64_t connection_ = 0;      // that brought the last answer to Envoy's questions
  bool keeps_connections_ = false;

  IstioTraffic traffic_;
  PageCounters counters_;
  bool has_it_ = false;                  // any of the families, when last heard
  SeriesList envoys_, istios_, joined_;  // those last joined, and what came of it
  const SeriesList none_ = std::make_shared<const std::vector<Series>>();
};

Step IstioCallsConversation::after(Step step) {
  auto* readings = std::get_if<Readings>(&step);
  if (!readings) return step;
  readings_ = std::move(*readings);
  if (!has_it_ && !beat_.is_due(begun_)) {
    note_envoys();
    return std::move(*readings_);
  }
  beat_.strike(begun_);
  std::string path(page);
  path.append("?usedonly&filter=").append(percent_encode(istio_families_filter()));
  return Request{Request::Port::admin, std::move(path)};
}

Step IstioCallsConversation::hear_page(const Answer& answer) {
  auto failure = check_answer(answer, page);
  if (failure) {
    readings_->partial.push_back(std::move(*failure));
    judge_as_before();
  } else if (is_of_another_process(*answer)) {
    judge_as_before();
  } else {
    readings_->heard.push_back(page);
    read(*answer);
  }
  return std::move(*readings_);
}

// A proxy that keeps its connections broke this one because it ended.
bool IstioCallsConversation::is_of_another_process(const Response& answer) {
  const bool same = answer.connection == connection_;
  keeps_connections_ |= same;
  return keeps_connections_ && !same;
}

void IstioCallsConversation::read(const Response& answer) {
  note_envoys();
  for (const EndpointReading& endpoint : readings_->endpoint_states) {
    if (endpoint.direction == Direction::inbound) continue;
    traffic_.accounts().note_upstream(endpoint.upstream);
  }
  read_exposition(answer.body, [&](const Sample& sample) { traffic_.look(sample); });
  counters_.begin();
  has_it_ = false;
  const ExpositionReport report = read_exposition(answer.body, [&](const Sample& sample) {
    has_it_ |= is_of_istios_filter(sample.name);
    traffic_.enter(sample, counters_);
  });
  note_unreadable(report.unreadable, report.unreadable_sample, *readings_);
  traffic_.tell(*readings_);
  const CounterBlock istios = counters_.end(readings_->unreadable == 0);
  join(istios.series, istios.values, istios.complete);
}

void IstioCallsConversation::note_envoys() {
  traffic_.begin();
  if (!readings_->traffic) return;
  for (const Series& series : *readings_->traffic->series) {
    traffic_.accounts().note(Account::envoy, series.key);
  }
}

// What is not heard is not gone, and who was believed is.
void IstioCallsConversation::judge_as_before() {
  if (has_it_) {
    join(none_, {}, false);
  } else {
    note_envoys();
  }
}

// Makes one block of Envoy's and this one.
void IstioCallsConversation::join(const SeriesList& istios,
                                  const std::vector<std::uint64_t>& values, bool complete) {
  if (!readings_->traffic) return;
  CounterBlock& block = *readings_->traffic;
  block.complete = block.complete && complete;
  if (istios->empty() && istios != none_) return;
  // What Istio's are called tells who is believed: another verdict, other series.
  if (block.series != envoys_ || istios != istios_) {
    std::vector<Series> all = *block.series;
    for (Series& one : all) one.key = traffic_.accounts().judged(Account::envoy, one.key);
    for (const Series& one : *istios) {
      all.push_back(one);
      if (one.scope != 0) all.back().scope |= scope_of_istios;
    }
    envoys_ = block.series;
    istios_ = istios;
    if (!joined_ || *joined_ != all) {
      joined_ = std::make_shared<const std::vector<Series>>(std::move(all));
    }
  }
  block.series = joined_;
  block.values.insert(block.values.end(), values.begin(), values.end());
}

}  // namespace

std::unique_ptr<Conversation> with_istio_calls(std::unique_ptr<Conversation> envoy,
                                               Duration interval) {
  return std::make_unique<IstioCallsConversation>(std::move(envoy), interval);
}

}  // namespace mesh
