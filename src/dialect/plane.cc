// One page a poll, one pass over its samples; see plane.h.
#include "dialect/plane.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <string>
#include <utility>

#include "base/limits.h"
#include "dialect/agent_certificates.h"
#include "dialect/check_answer.h"
#include "dialect/page_counters.h"
#include "dialect/plane_families.h"
#include "dialect/process_start.h"

namespace mesh {
namespace {

constexpr std::string_view all_others = "other";

// A clock of this age is nobody's.
constexpr double latest_start = 9'000'000'000;

class PlaneConversation final : public Conversation {
 public:
  PlaneConversation(Request question, const PlanePage& page)
      : question_(std::move(question)), page_(page) {}

  Step begin(Instant) override { return question_; }
  Step hear(Answer answer) override;

 private:
  void enter(const Sample& sample, PlaneSample read, PlaneReading& plane);
  void count(const Sample& sample, PlaneSample read);
  void enter_zeros();

  Request question_;
  PlanePage page_;
  PageCounters counters_;
  ProcessStart start_;
  // Of the answer that is being read.
  Unreadables refused_;
  bool is_issuer_ = false;
  std::vector<Name> pushed_;  // kinds
};

// Of what a proxy says it is: one name too many, or too long, is `other`.
void add(std::vector<ProxiesOfVersion>& all, std::string_view version, std::uint64_t count) {
  if (version.size() > limits::version_bytes) version = all_others;
  auto found = std::ranges::find(all, version, &ProxiesOfVersion::version);
  if (found == all.end() && all.size() >= limits::proxy_versions_per_plane) {
    version = all_others;
    found = std::ranges::find(all, version, &ProxiesOfVersion::version);
  }
  if (found == all.end()) {
    all.push_back({std::string(version), count});
  } else {
    found->count += count;
  }
}

// What a label says of itself, if anything.
void take(std::string_view told, std::string& into) {
  if (!told.empty()) into = told.substr(0, limits::version_bytes);
}

void PlaneConversation::enter(const Sample& sample, PlaneSample read, PlaneReading& plane) {
  const bool is_number = fits_counter(read.value);
  const auto whole = is_number ? static_cast<std::uint64_t>(read.value) : 0;
  switch (read.means) {
    case PlaneMeans::version: take(read.text, plane.version); return;
    case PlaneMeans::build: take(read.text, plane.build); return;
    case PlaneMeans::issuer: is_issuer_ = true; return;
    case PlaneMeans::counter: count(sample, std::move(read)); return;
    case PlaneMeans::proxies:
    case PlaneMeans::memory:
    case PlaneMeans::started: break;
  }
  if (!is_number) return refused_.add(words_of(sample));
  if (read.means == PlaneMeans::proxies) return add(plane.proxies, read.text, whole);
  if (read.means == PlaneMeans::memory) {
    plane.memory_bytes = whole;
    return;
  }
  if (read.value > latest_start) return refused_.add(words_of(sample));
  start_.note(read.value);
  plane.started = std::chrono::milliseconds(std::llround(read.value * 1000));
}

void PlaneConversation::count(const Sample& sample, PlaneSample read) {
  const Counted counted = read.key.counted;
  const bool is_time =
      counted == Counted::convergence_bucket || counted == Counted::convergence_sum_us;
  const bool is_push = counted == Counted::pushes || counted == Counted::push_failures ||
                       counted == Counted::push_rejections;
  if (is_push && std::ranges::find(pushed_, read.key.detail) == pushed_.end()) {
    pushed_.push_back(read.key.detail);
  }
  const std::uint32_t scope = is_time ? counters_.histogram_of(sample) : 0;
  if (!counters_.add(sample, std::move(read.key), read.value, scope)) {
    refused_.add(words_of(sample));
  }
}

// Series of our own, that stand at nothing: see plane_families.h.
void PlaneConversation::enter_zeros() {
  const auto zero = [&](Counted counted, std::string_view name, const Name& detail) {
    const std::vector<Label> labels{{"detail", detail}};
    SeriesKey key;
    key.counted = counted;
    key.detail = detail;
    counters_.add(Sample{name, labels, 0}, std::move(key), 0);
  };
  if (is_issuer_) {
    for (const std::string_view result : {issued, refused, failed}) {
      zero(Counted::issuances, "no issuance", result);
    }
  }
  for (const Name& kind : pushed_) {
    zero(Counted::pushes, "no push", kind);
    zero(Counted::push_failures, "no push failed", kind);
    zero(Counted::push_rejections, "no push was rejected", kind);
  }
}

Step PlaneConversation::hear(Answer answer) {
  const std::string_view page = page_of(question_);
  if (auto failure = check_answer(answer, page)) {
    if (answer && answer->status == 403) failure->message += page_.when_403;
    return *failure;
  }
  counters_.begin();
  refused_ = {};
  is_issuer_ = false;
  pushed_.clear();
  PlaneReading plane;
  AgentCertificates certificates;
  const ExpositionReport report = read_exposition(answer->body, [&](const Sample& sample) {
    certificates.enter(sample);
    read_plane_sample(sample, page_.mesh,
                      [&](PlaneSample read) { enter(sample, std::move(read), plane); });
  });
  if (auto failure = check_samples(report, page)) {
    if (answer->body.empty()) failure->message += page_.when_empty;
    return *failure;
  }
  enter_zeros();

  Readings readings;
  readings.at = answer->sent + (answer->received - answer->sent) / 2;
  readings.incarnation = start_.incarnation();
  readings.unreadable = report.unreadable + refused_.count();
  readings.unreadable_sample = report.unreadable > 0 ? report.unreadable_sample : refused_.sample();
  readings.traffic = counters_.end(readings.unreadable == 0);
  readings.plane = std::move(plane);
  certificates.tell(*answer, readings);
  return readings;
}

}  // namespace

std::unique_ptr<Conversation> open_plane(const Target& target, const PlanePage& page) {
  Request question{Request::Port::admin, std::string(page.path)};
  if (target.metrics) question = {Request::Port::metrics, target.metrics->path};
  return std::make_unique<PlaneConversation>(std::move(question), page);
}

}  // namespace mesh
