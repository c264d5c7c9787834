// The history of one target: what its polls brought, accumulated to the state we publish.
//
// Readings and failures go in, one a poll; an immutable TargetState comes out. Everything that
// needs memory between polls (totals, windows, staleness, counts of failures) lives here and in
// the counter books.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/clock.h"
#include "compute/agent_failure_book.h"
#include "compute/balance.h"
#include "compute/certificate_book.h"
#include "compute/change.h"
#include "compute/connection_ages.h"
#include "compute/connection_spread.h"
#include "compute/control_plane_book.h"
#include "compute/counter_book.h"
#include "compute/endpoint_presence.h"
#include "compute/resource_book.h"
#include "compute/rotation_failures.h"
#include "compute/stale_connections.h"
#include "config/config.h"
#include "model/failure.h"
#include "model/readings.h"
#include "model/snapshot.h"

namespace mesh {

class TargetHistory {
 public:
  TargetHistory(Target target, const Config& config);
  TargetHistory(const TargetHistory&) = delete;
  TargetHistory& operator=(const TargetHistory&) = delete;

  Change record(const Readings& readings, const PollCost& cost);
  Change record(const Failure& failure, const PollCost& cost);

  // A look at the target's control group, which is there whether the proxy answers or not.
  void record(const CgroupLook& look, Instant at, WallTime wall) {
    resources_.enter(look, at, wall);
  }

  // The methods that the server behind the target declares, which keep their names where there are
  // too many; null: not known.
  void prefer(std::shared_ptr<const MethodNames> declared) { folder_.prefer(std::move(declared)); }

  // The pace now in force, shown in the state.
  void set_pace(Duration configured_interval, int intervals_per_poll) {
    state_.poll_interval = configured_interval * intervals_per_poll;
    state_.intervals_per_poll = intervals_per_poll;
  }

  // The state at `now`: what was not seen for stale_after is no longer in it.
  std::shared_ptr<const TargetState> state(Instant now, WallTime wall);

  // Sources summed into "other" since start, indexed by Counted.
  const FoldCounts& folded() const { return folder_.folded(); }

 private:
  // What one source shows of the target's certificates.
  struct Place {
    CertificateBook book;
    std::optional<Instant> seen{};
  };

  void count(const Failure& failure);
  void note_cost(const PollCost& cost);
  void note_unanswered(const Readings& readings, WallTime at);
  void note_certificates(const Readings& readings, const PollCost& cost);
  void note_agent(const AgentReading& agent, const PollCost& cost);

  TargetState state_;
  Duration stale_after_, certificates_stale_after_;
  Duration remembered_;  // how long endpoints that are gone may matter to the window
  BalanceRules balance_rules_;
  Folder folder_;
  CounterBook traffic_;
  CounterBook endpoint_requests_;
  EndpointPresence presence_;
  ConnectionAges connection_ages_;
  ConnectionSpreadBook connection_spread_;
  Place admin_place_, agent_place_;
  StaleConnections stale_connections_;
  RotationFailures rotation_failures_;
  AgentFailureBook agent_failures_;
  ControlPlaneBook control_plane_;
  ResourceBook resources_;
  std::vector<TcpOpen> tcp_open_;  // as last told
  std::optional<Instant> seen_, proxy_seen_, endpoints_seen_, upstreams_seen_;
};

}  // namespace mesh
