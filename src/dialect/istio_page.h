// Istio's page read beside the admin port of the same Envoy. The admin port has the families of
// Istio's filter, too, but with their labels run together by dots into names; so they are read of
// the page, and become one block of counters with what the admin port told, each call in it once
// (istio_accounts.h).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "dialect/agent_scrapes.h"
#include "dialect/istio_traffic.h"
#include "dialect/page_counters.h"
#include "model/readings.h"
#include "model/request.h"

namespace mesh {

// One per target. Not thread-safe.
class IstioPage {
 public:
  // Adds the page's counters to `readings`, which are the admin port's of the same poll.
  void read(const Response& answer, Readings& readings);

  // The page was not heard in this poll: what it had is not gone, and who was believed still is.
  void miss(Readings& readings);

 private:
  void look(const Response& answer, const Readings& readings);
  void look_at_admin(const Readings& readings);
  void join(CounterBlock& admin, const CounterBlock& page);

  using SeriesList = std::shared_ptr<const std::vector<Series>>;

  IstioTraffic traffic_;
  PageCounters counters_;
  AgentScrapes scrapes_;
  bool had_it_ = false;
  SeriesList admins_, pages_, joined_;  // those last joined, and what came of it
  const SeriesList none_ = std::make_shared<const std::vector<Series>>();
};

// The page as configured, asked for nothing of Envoy's but these families; any other page than
// Istio's as it is.
std::string with_istios_families_only(const std::string& path);

}  // namespace mesh
