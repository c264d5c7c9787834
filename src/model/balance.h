// How evenly requests fall on the endpoints of an upstream, or on the pods of a workload, over the
// window, as judged by compute/balance.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/name.h"
#include "model/series.h"

namespace mesh {

// At what the balancer throws its dice.
enum class Chosen : std::uint8_t { unknown, per_request, per_connection };

enum class BalanceVerdict : std::uint8_t {
  balanced,
  too_little_traffic,
  connection_pinned,
  weighted,
  locality,
  ejected,
  warming,
  uneven,
};
inline constexpr std::size_t balance_verdicts = 8;
std::string_view to_string(BalanceVerdict verdict);

// One endpoint, or one pod, over the window.
struct EndpointLoad {
  Name name;                      // address or pod
  std::uint64_t requests = 0;     // in the window
  std::uint64_t connections = 0;  // open now
  double weight = 1;
  std::uint64_t priority = 0;   // the lower goes first
  Name locality{};              // "" where there is none
  bool joined_or_left = false;  // was a member for a part of the window only
  bool was_barred = false;      // could not be chosen for a part of the window, or is not now

  bool operator==(const EndpointLoad&) const = default;
};

struct Balance {
  // The additive parts, of endpoints that may be chosen or were: sums over clients merge.
  std::uint64_t requests = 0;   // S
  double requests_squared = 0;  // Q
  std::uint64_t requests_max = 0;
  std::uint64_t endpoints = 0;    // n
  std::uint64_t connections = 0;  // C, open now

  // From them; nothing without requests.
  std::optional<double> imbalance_ratio;      // max / mean: 1 is even, n all on one
  std::optional<double> effective_endpoints;  // S² / Q
  std::optional<double> requests_per_connection;

  BalanceVerdict verdict = BalanceVerdict::too_little_traffic;
  double p_value = 1;   // of the skew that the verdict does not explain away; 1: none was tested
  std::string busiest;  // the name of the endpoint with most requests; "" without any

  bool operator==(const Balance&) const = default;
};

// The balance of one upstream as one sidecar has it.
struct UpstreamBalance {
  Direction direction = Direction::outbound;
  std::string upstream, subset;
  Chosen chosen = Chosen::unknown;
  Balance balance;
  double window_seconds = 0;
  std::string balancer{};  // as UpstreamReading::balancer

  bool operator==(const UpstreamBalance&) const = default;
};

// The other side: what each pod of one workload on this node received.
struct WorkloadBalance {
  std::string mesh, ns, workload;
  std::vector<EndpointLoad> pods;
  Chosen chosen = Chosen::unknown;
  // A sidecar on this node that forwards to this workload without taking part in HTTP, or a client
  // that keeps to one endpoint: its "namespace/pod", and the upstream as it calls it; "" if there
  // is none. And by what policy, if it is such a client.
  std::string forwarded_by, forwarded_as, forwarded_with{};
  Balance balance;
  double window_seconds = 0;
};

}  // namespace mesh
