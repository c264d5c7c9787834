// What Envoy's statistics say about the connection pools of its clusters at this moment.
//
//   cluster.<name>.upstream_cx_active, .upstream_rq_active, .upstream_rq_pending_active
//   cluster.<name>.circuit_breakers.<priority>.(cx|cx_pool|rq_pending|rq|rq_retry)_open
//   cluster.<name>.circuit_breakers.<priority>.remaining_retries      where track_remaining is on:
//                                      nothing else tells how many retries are under way
//   cluster.<name>.upstream_cx_total, .upstream_cx_connect_fail, .upstream_cx_http(1|2|3)_total
//                                      whether HTTP is spoken on the connections that were made
//
// All of these end in words of their own, so nothing needs to be known to take them apart. The
// limits are not among the statistics: /clusters tells them. With `usedonly` a cluster that never
// had a connection has no line, and no reading here; and a priority without traffic no breakers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dialect/envoy_endpoints.h"
#include "model/readings.h"
#include "wire/envoy_stats.h"

namespace mesh {

// One per target: learns the layout of the answer as EnvoyTraffic does. Not thread-safe.
class EnvoyUpstreams {
 public:
  // What the answer that `reader` has just read says, with the limits that `known` knows.
  std::vector<UpstreamReading> report(const StatsReader& reader, const StatsAnswer& answer,
                                      const EnvoyEndpoints& known);

 private:
  enum class Fact : std::uint8_t {
    opened,
    failed,  // of them
    http,    // of them
    connections,
    requests,
    pending,
    retries_left,
    breaker,
  };
  struct Line {
    std::uint32_t position;  // in answer.values
    Fact fact;
    std::uint32_t upstream;
    std::uint32_t breaker;  // in breakers_
  };
  // What is counted of the connections of one upstream.
  struct Made {
    std::uint64_t opened = 0, failed = 0, http = 0;
  };

  void learn(const StatsReader& reader, const StatsAnswer& answer);
  void learn_line(std::string_view name, std::uint32_t position);
  void learn_breaker(std::string_view name, std::string_view word, std::uint32_t position);
  std::optional<std::uint32_t> upstream_of(std::string_view cluster);

  std::uint64_t layout_ = 0;  // that was learnt
  std::vector<Line> lines_;
  std::vector<std::string> clusters_;                        // in stat_form, as empty_
  std::vector<UpstreamReading> empty_;                       // the names, without numbers
  std::vector<OpenBreaker> breakers_;                        // what each of them would be called
  std::map<std::string, std::uint32_t, std::less<>> index_;  // by cluster
};

}  // namespace mesh
