// Snapshot: everything the agent knows at one instant. Immutable once published, so that any number
// of readers (the /metrics page, the landing page, later the CLI and the API) see one truth, on any
// thread, for as long as they hold it.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "model/balance.h"
#include "model/control_plane.h"
#include "model/discovered.h"
#include "model/failure.h"
#include "model/finding.h"
#include "model/grpc_probe.h"
#include "model/known_certificate.h"
#include "model/plane.h"
#include "model/pool.h"
#include "model/readings.h"
#include "model/resources.h"
#include "model/series.h"
#include "model/server_connections.h"
#include "model/settings.h"
#include "model/shown_places.h"
#include "model/target.h"
#include "model/tls_endpoint.h"
#include "model/trust_bundle.h"
#include "model/watched_file.h"

namespace mesh {

// Counters of one block after accumulation: never running backwards, whatever the source did.
struct CounterView {
  std::shared_ptr<const std::vector<SeriesKey>> keys =
      std::make_shared<const std::vector<SeriesKey>>();
  std::vector<std::uint64_t> totals;     // one per key
  std::vector<std::uint64_t> increases;  // over the window; one per key, or empty: no window yet
  double window_seconds = 0;             // what `increases` spans exactly; 0: no two samples yet
  // Calls that were received, of all keys that ever were, shown or hidden: never falls.
  std::uint64_t calls_received = 0;
};

// How often a question failed, by reason, since the agent's start. Indexed by Reason.
using FailureCounts = std::array<std::uint64_t, all_reasons.size()>;

// How many series were summed into `other`, per exported family, since start.
struct FoldedSeries {
  std::string family;
  std::uint64_t count = 0;
};

// A question that failed while the essential ones were answered.
struct Unanswered {
  std::string question;  // "/clusters"
  Failure failure;
  WallTime at;            // when it was last asked
  bool left_out = false;  // it hung, and is not asked for a while
};

// One target as last known.
struct TargetState {
  Target target;
  bool up = false;                      // the last poll gave readings
  std::optional<Failure> failure;       // of the last poll, when it was not up
  std::optional<Failure> last_failure;  // of the last poll that gave none, however long ago
  std::optional<WallTime> last_failure_at;
  std::optional<WallTime> last_attempt;
  std::optional<WallTime> last_success;
  double scrape_seconds = 0;           // the last poll, all its questions
  std::uint64_t scrape_bytes = 0;      // answer bodies of the last poll
  FailureCounts failures{};            // partial ones included
  std::vector<Unanswered> unanswered;  // what is missing in the readings, each question once
  std::uint64_t parse_errors = 0;      // unreadable lines and values since start
  std::uint64_t unreadable = 0;        // of them in the last answer
  std::string unreadable_sample;       // the first of those, shortened and printable
  std::uint64_t ambiguous_series = 0;  // in the last answer
  std::vector<FoldedSeries> folded;    // of this target; a family without any may be absent
  Duration poll_interval{};            // the pace now in force: longer than configured = backed off
  int intervals_per_poll = 1;          // the same in configured intervals (compute/pace.h)

  std::string library;  // of an application: whose counters of calls are read; "": there are none
  std::optional<Proxy> proxy;
  double uptime_seconds = 0;  // of the proxy, at last_success; 0 without proxy->started
  std::optional<Heap> heap;   // of the proxy, likewise
  std::optional<SidecarResources> resources;  // nothing before a first look at its control group
  CounterView traffic;
  CounterView endpoint_requests;
  std::vector<EndpointReading> endpoints;
  std::vector<EndpointCount> endpoint_counts;
  std::vector<UpstreamReading> upstreams;
  std::vector<Pool> pools;                // of upstreams, and what is counted of callers
  std::vector<UpstreamBalance> balances;  // of outbound upstreams, over the window
  std::optional<std::uint64_t> received;  // gRPC calls in the window; nothing: no window yet
  std::optional<std::uint64_t> inbound_connections;
  std::optional<ConnectionSpread> connection_spread;  // of a gRPC server that tells
  std::optional<AmbientProxies> ambient;

  // One place per source of the target's certificates. None that was not looked at for long.
  std::vector<std::shared_ptr<const CertificatePlace>> certificates;
  std::vector<StaleCount> stale_connections;
  std::vector<RotationFailure> rotation_failures;
  ControlPlaneState control_plane;    // empty where there is none
  std::optional<PlaneReading> plane;  // of a control plane itself

  // As last looked at; null if they never were.
  std::shared_ptr<const SettingsReading> settings;
  std::shared_ptr<const DeclaredMethods> declared;  // likewise; of a gRPC server
};

struct PassTimes {
  double scrape = 0, total = 0;  // seconds; the last complete pass
  std::uint64_t passes = 0;
};

struct Snapshot {
  WallTime at;
  std::vector<std::shared_ptr<const TargetState>> targets;  // in the order of the configuration
  std::vector<std::shared_ptr<const TlsEndpointState>> tls_endpoints;  // likewise
  std::vector<std::shared_ptr<const GrpcHealthState>> grpc_health;     // likewise; who was asked
  std::vector<UnaskedProbe> unasked_probes;                            // likewise; each once
  std::shared_ptr<const WatchedFiles> files = std::make_shared<const WatchedFiles>();
  std::vector<WorkloadBalance> workload_balances;  // as last judged
  std::shared_ptr<const ShownPlaces> shown_files = std::make_shared<const ShownPlaces>();
  std::shared_ptr<const ShownPlaces> shown_secrets = std::make_shared<const ShownPlaces>();
  std::vector<TrustBundleState> trust_bundles;  // in the order of the configuration
  Duration certificates_interval{};             // from one look at a certificate to the next
  // Those that needed more than one look, and those that need more yet: at the last look at all
  // (compute/findings_book.h).
  std::vector<Finding> held_findings;
  std::vector<Finding> pending_findings;
  std::vector<FoldedSeries> folded;  // of all targets
  std::shared_ptr<const DiscoveryOutcome> discovery = std::make_shared<const DiscoveryOutcome>();
  PassTimes pass;
};

}  // namespace mesh
