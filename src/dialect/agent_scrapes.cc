// Comparing two answers; see agent_scrapes.h.
#include "dialect/agent_scrapes.h"

namespace mesh {

void AgentScrapes::begin() {
  for (const auto& [part, count] : now_) last_[part] = count;
  now_.clear();
  ++answers_;
}

void AgentScrapes::enter(const Sample& sample) {
  if (sample.name != "istio_agent_scrape_failures_total") return;
  const std::string_view part = sample.label("type");
  if (part == "envoy" || part == "application") now_[std::string(part)] = sample.value;
}

bool AgentScrapes::failed(std::string_view part) const {
  const auto now = now_.find(part);
  if (answers_ < 2 || now == now_.end()) return false;
  const auto last = last_.find(part);  // there is no line before the first failure
  return last == last_.end() || now->second > last->second;
}

void tell_part(std::string_view part, bool is_there, Readings& readings) {
  if (is_there) {
    readings.heard.push_back(part);
  } else {
    readings.partial.push_back(
        {Reason::connect, std::string(part).append(": the mesh's agent could not get it")});
  }
}

}  // namespace mesh
