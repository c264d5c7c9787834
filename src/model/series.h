// Series: what a target counts, in mesh-neutral words.
//
// A proxy counts finished calls, messages, resets and requests per endpoint, each under a name of
// its own making. The dialect turns each such name once into a SeriesKey; after that only numbers
// flow. Counters come in blocks: a block is what one kind of question answers as a whole, so that
// "absent from the last complete answer" has a meaning (compute/counter_book.h).
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/name.h"

namespace mesh {

enum class Direction : std::uint8_t { inbound, outbound };

inline std::string_view to_string(Direction direction) {
  return direction == Direction::inbound ? "inbound" : "outbound";
}

enum class Counted : std::uint8_t {
  calls,                 // finished RPCs; detail = canonical status name ("NOT_FOUND") or "other"
  followed,              // likewise, of calls that another series counts; shown to nobody
  messages,              // stream messages; detail = "request" | "response"
  resets,                // streams that ended without a grpc-status; detail = kind
  duration_bucket,       // calls that took at most `detail` seconds (cumulative); "+Inf" for all
  duration_sum_us,       // their time together, in microseconds
  endpoint_requests,     // requests sent to one endpoint; detail = its address
  endpoint_failures,     // of them, those that failed by a server's error or a reset; likewise
  endpoint_connections,  // connections opened to it; likewise
  attempts,              // requests sent on the way to an upstream, retries included
  connections,           // opened to it
  recycled,              // of them, closed because they were old or used enough; detail = why
  overflows,             // what a limit refused; detail = resource
  connect_failures,      // detail = "all", and "timeout" of them
  tls_failures,          // handshakes that failed; detail = reason
  ejections,             // endpoints put aside; detail = reason
  unhealthy_picks,       // requests for which no endpoint was good enough; detail = what was done
  stream_refusals,       // streams of callers that were refused because there were enough of them
  timeouts,              // requests given up; detail = which limit of time
  retries,               // detail = result
  denials,               // what a policy refused of callers; detail = "enforced" | "shadow"
  by_security,  // requests, gRPC or not; detail = "mutual_tls" | "tls" | "none" | "unknown"
  tcp_opened,   // connections, whatever they carry, also those that failed; detail likewise
  tcp_closed,   // detail = how they ended
  tcp_bytes,    // of what they carry; detail = "received" (from who called) | "sent" (back)
  // Of a control plane.
  issuances,           // certificates it was asked for; detail = "issued" | "refused" | "failed"
  pushes,              // of configuration to proxies; detail = its kind
  push_failures,       // of them, those that did not go out; likewise
  push_rejections,     // of them, those that a proxy refused; likewise
  plane_errors,        // of its own; detail = kind
  convergence_bucket,  // changes that took at most `detail` seconds to be with a proxy (cumulative)
  convergence_sum_us,  // their time together, in microseconds
};

inline constexpr std::size_t counted_kinds = 32;

// Whether `detail` is the address of an endpoint.
constexpr bool is_of_endpoint(Counted counted) {
  return counted >= Counted::endpoint_requests && counted <= Counted::endpoint_connections;
}

struct SeriesKey {
  Counted counted = Counted::calls;
  Direction direction = Direction::outbound;
  Name upstream;  // destination as the contract spells it; "" on inbound
  Name subset;    // "" where there is none
  Name service;   // full dotted gRPC service; "" where the source cannot tell
  Name method;    // bare gRPC method; "" where the source cannot tell
  Name detail;    // see Counted
  // "namespace/workload" where one target counts for several workloads (ztunnel); "": for itself.
  Name owner{};

  auto operator<=>(const SeriesKey&) const = default;
  bool operator==(const SeriesKey&) const = default;
};

// Whether it counts calls that the workload received.
inline bool is_call_received(const SeriesKey& key) {
  return key.counted == Counted::calls && key.direction == Direction::inbound;
}

// One counter at its source. Several sources may mean the same key (two inbound clusters serve the
// same method): their increases are added up.
struct Series {
  std::string source;  // which counter there, the same from answer to answer; unique in the block
  // Counters of one scope are one measurement (the buckets of a histogram): if one of them fell,
  // all of them began again. 0 = on its own.
  std::uint32_t scope = 0;
  SeriesKey key;

  bool operator==(const Series&) const = default;
};

struct CounterBlock {
  // The same pointer as last time means: the same series in the same order. Never null.
  std::shared_ptr<const std::vector<Series>> series = std::make_shared<const std::vector<Series>>();
  std::vector<std::uint64_t> values;  // one per series
  // False if parts of the answer could not be read: then a source that is not in it may be there
  // all the same, and is not taken for vanished.
  bool complete = true;
};

}  // namespace mesh
