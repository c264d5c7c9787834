// One block of two; see istio_page.h.
#include "dialect/istio_page.h"

#include <utility>

#include "base/url_encoding.h"
#include "dialect/agent_page.h"
#include "dialect/istio_sample.h"
#include "wire/exposition.h"

namespace mesh {
namespace {

// The numbers of scopes are those of one answer each.
constexpr std::uint32_t scope_of_page = 1u << 31;

}  // namespace

void IstioPage::read(const Response& answer, Readings& readings) {
  counters_.begin();
  scrapes_.begin();
  look(answer, readings);
  bool has_it = false;
  const ExpositionReport report = read_exposition(answer.body, [&](const Sample& sample) {
    has_it |= is_of_istios_filter(sample.name);
    traffic_.enter(sample, counters_);
    scrapes_.enter(sample);
  });
  const bool is_lost = !has_it && (had_it_ || scrapes_.failed("envoy"));
  if (is_lost || had_it_) tell_part("Envoy's part of the page", !is_lost, readings);
  if (is_lost) return miss(readings);
  had_it_ = had_it_ || has_it;
  traffic_.tell(readings);
  const CounterBlock page = counters_.end(report.unreadable == 0 && readings.unreadable == 0);
  if (!readings.traffic) return;
  if (!page.series->empty()) return join(*readings.traffic, page);
  readings.traffic->complete = readings.traffic->complete && page.complete;
}

void IstioPage::miss(Readings& readings) {
  if (!readings.traffic) return;
  if (had_it_) {
    join(*readings.traffic, CounterBlock{none_, {}, false});
  } else {
    look_at_admin(readings);
  }
}

void IstioPage::look_at_admin(const Readings& readings) {
  traffic_.begin();
  if (!readings.traffic) return;
  for (const Series& series : *readings.traffic->series) {
    traffic_.accounts().note(Account::envoy, series.key);
  }
}

void IstioPage::look(const Response& answer, const Readings& readings) {
  if (!IstioTraffic::is_on(answer.body) && had_it_) return;
  look_at_admin(readings);
  for (const EndpointReading& endpoint : readings.endpoint_states) {
    if (endpoint.direction == Direction::inbound) continue;
    traffic_.accounts().note_upstream(endpoint.upstream);
  }
  read_exposition(answer.body, [&](const Sample& sample) { traffic_.look(sample); });
}

// The block of the admin port becomes one of both.
void IstioPage::join(CounterBlock& admin, const CounterBlock& page) {
  // What the page's series are called tells who is believed: another verdict, other series.
  if (admin.series != admins_ || page.series != pages_) {
    std::vector<Series> all = *admin.series;
    for (Series& one : all) one.key = traffic_.accounts().judged(Account::envoy, one.key);
    for (const Series& one : *page.series) {
      all.push_back(one);
      if (one.scope != 0) all.back().scope |= scope_of_page;
    }
    admins_ = admin.series;
    pages_ = page.series;
    if (!joined_ || *joined_ != all) {
      joined_ = std::make_shared<const std::vector<Series>>(std::move(all));
    }
  }
  admin.series = joined_;
  admin.values.insert(admin.values.end(), page.values.begin(), page.values.end());
  admin.complete = admin.complete && page.complete;
}

std::string with_istios_families_only(const std::string& path) {
  if (without_envoys_part(path) == path) return path;
  return path + "?usedonly&filter=" + percent_encode(istio_families_filter());
}

}  // namespace mesh
