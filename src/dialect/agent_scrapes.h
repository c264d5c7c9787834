// What Istio's agent could not get of its merged page: the body is then without that part, and
// nothing else says so but a counter on the page itself (pilot/cmd/pilot-agent/status/server.go:
// the parts are asked for before the agent's own is written, so the failure stands in the very
// answer that it spoilt).
//
// A part that is missing is not a part whose counters are gone: what stood on it is not heard, and
// counts on from where it was when it returns.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "model/readings.h"
#include "wire/exposition.h"

namespace mesh {

// One per target. Not thread-safe.
class AgentScrapes {
 public:
  // Once an answer, then every sample of it.
  void begin();
  void enter(const Sample& sample);

  // Whether the agent failed to get `part` ("envoy", "application") since the answer before this
  // one.
  bool failed(std::string_view part) const;

 private:
  using Counts = std::map<std::string, double, std::less<>>;

  std::uint64_t answers_ = 0;  // what was counted before the first is history
  Counts last_, now_;          // by part
};

// Adds that a part of the page is missing, or that it is there; `part` is a literal such as
// "Envoy's part of the page".
void tell_part(std::string_view part, bool is_there, Readings& readings);

}  // namespace mesh
