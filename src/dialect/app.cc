// One page a poll, two passes over its samples: which accounts there are, then the numbers of those
// that are believed; see app.h.
#include "dialect/app.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "dialect/agent_page.h"
#include "dialect/agent_scrapes.h"
#include "dialect/app_families.h"
#include "dialect/check_answer.h"
#include "dialect/page_counters.h"
#include "dialect/process_start.h"

namespace mesh {
namespace {

constexpr std::string_view its_part = "the application's part of the page";

enum class Presence { absent, idle, counting };  // of an account on a page

// Which account of the calls of one direction is believed.
class Choice {
 public:
  // `presence` has all accounts, in the order of preference.
  void look(const std::vector<Presence>& presence, bool whole_page) {
    const std::optional<std::size_t> counting = first(presence, Presence::counting);
    const Presence before = chosen_ ? presence[*chosen_] : Presence::absent;
    if (before == Presence::counting || (before == Presence::idle && !counting)) return;
    if (chosen_ && before == Presence::absent && !whole_page) return;
    const auto next = counting ? counting : first(presence, Presence::idle);
    if (next) chosen_ = next;
  }

  bool is(std::size_t account) const { return chosen_ == account; }
  std::string_view library() const { return chosen_ ? app_accounts()[*chosen_].library : ""; }

 private:
  static std::optional<std::size_t> first(const std::vector<Presence>& presence, Presence wanted) {
    for (std::size_t i = 0; i < presence.size(); ++i) {
      if (presence[i] == wanted) return i;
    }
    return std::nullopt;
  }

  std::optional<std::size_t> chosen_;
};

class AppConversation final : public Conversation {
 public:
  explicit AppConversation(Request page) : page_(std::move(page)) {}

  Step begin(Instant) override { return page_; }
  Step hear(Answer answer) override;

 private:
  Readings without_application(const Response& answer);
  std::string library() const;
  void enter(const Sample& sample, Readings& readings);

  Choice& choice(Direction direction) { return choices_[static_cast<std::size_t>(direction)]; }

  Request page_;
  std::array<Choice, 2> choices_;  // by direction
  PageCounters counters_;
  AgentScrapes scrapes_;
  bool was_missing_ = false;
  ProcessStart start_;
};

Step AppConversation::hear(Answer answer) {
  const std::string_view page = page_of(page_);
  if (auto failure = check_answer(answer, page)) return *failure;
  std::optional<double> started;
  const std::vector<Presence> nobody(app_accounts().size(), Presence::absent);
  std::array<std::vector<Presence>, 2> presence{nobody, nobody};
  bool has_application = false;
  scrapes_.begin();
  const ExpositionReport report = read_exposition(answer->body, [&](const Sample& sample) {
    scrapes_.enter(sample);
    has_application |= !sample.name.starts_with("istio_agent_");
    if (sample.name == "process_start_time_seconds") started = sample.value;
    const AppFamily* family = find_app_family(sample.name);
    if (!family || family->counted != Counted::calls || !is_of_grpc(sample, *family)) return;
    Presence& one = presence[static_cast<std::size_t>(family->direction)][family->account];
    one = std::max(one, sample.value > 0 ? Presence::counting : Presence::idle);
  });
  auto failure = check_samples(report, page);
  if (failure && report.unreadable > 0) return *failure;
  if (!has_application && scrapes_.failed("application")) return without_application(*answer);
  for (const Direction direction : {Direction::inbound, Direction::outbound}) {
    choice(direction).look(presence[static_cast<std::size_t>(direction)], report.unreadable == 0);
  }
  if (started) start_.note(*started);

  Readings readings;
  readings.at = answer->sent + (answer->received - answer->sent) / 2;
  readings.incarnation = start_.incarnation();
  readings.library = library();
  readings.unreadable = report.unreadable;
  readings.unreadable_sample = report.unreadable_sample;
  counters_.begin();
  read_exposition(answer->body, [&](const Sample& sample) { enter(sample, readings); });
  readings.traffic = counters_.end(readings.unreadable == 0);
  if (std::exchange(was_missing_, false)) tell_part(its_part, true, readings);
  return readings;
}

Readings AppConversation::without_application(const Response& answer) {
  Readings readings;
  readings.at = answer.sent + (answer.received - answer.sent) / 2;
  readings.incarnation = start_.incarnation();
  readings.library = library();
  was_missing_ = true;
  tell_part(its_part, false, readings);
  return readings;
}

std::string AppConversation::library() const {
  const std::string_view inbound = choices_[0].library(), outbound = choices_[1].library();
  if (inbound.empty() || outbound.empty() || inbound == outbound) {
    return std::string(inbound.empty() ? outbound : inbound);
  }
  return std::string(inbound).append(" (inbound), ").append(outbound).append(" (outbound)");
}

void AppConversation::enter(const Sample& sample, Readings& readings) {
  const AppFamily* family = find_app_family(sample.name);
  if (!family || !choice(family->direction).is(family->account)) return;
  auto read = read_app_sample(sample, *family);
  if (!read) return;
  // Some libraries prepare a counter for each status of each method: what never counted is nothing.
  const bool is_count = family->counted == Counted::calls || family->counted == Counted::messages;
  if (is_count && read->value == 0) return;
  std::uint32_t scope = 0;
  if (family->counted == Counted::duration_bucket || family->counted == Counted::duration_sum_us) {
    scope = counters_.histogram_of(sample);
  }
  if (!counters_.add(sample, std::move(read->key), read->value, scope)) {
    if (readings.unreadable++ == 0) readings.unreadable_sample = words_of(sample);
  } else if (!read->exact) {
    ++readings.ambiguous;
  }
}

}  // namespace

std::unique_ptr<Conversation> open_app(const Target& target, const Config&) {
  Request page{Request::Port::admin, "/metrics"};
  if (target.metrics) {
    page = {Request::Port::metrics, without_envoys_part(target.metrics->path)};
  }
  return std::make_unique<AppConversation>(std::move(page));
}

}  // namespace mesh
