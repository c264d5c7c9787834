// Readings: the state of one target at one instant, in mesh-neutral words. Made by a dialect from
// the answers of one poll, never changed afterwards; history is compute's business.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "model/certificate_look.h"
#include "model/control_plane.h"
#include "model/declared_methods.h"
#include "model/failure.h"
#include "model/plane.h"
#include "model/series.h"
#include "model/server_connections.h"
#include "model/settings.h"

namespace mesh {

enum class ProxyState : std::uint8_t { live, draining, pre_initializing, initializing };

struct Proxy {
  std::string version;  // "1.40.0": the program's; the mesh's where only that is told
  std::string build;    // commit and flavour as the proxy says them; may be ""
  std::string node_id;  // its name in the mesh; may be ""
  ProxyState state = ProxyState::live;
  std::optional<Instant> started;  // when the process began, as well as it can be known
  // Of the mesh it came with ("1.31.2" of Istio), which is what a control plane's is compared with;
  // "" where the proxy does not tell.
  std::string mesh_version{};

  bool operator==(const Proxy&) const = default;
};

// The proxy's own account of its memory, in bytes: part of what the kernel counts for it.
struct Heap {
  std::uint64_t allocated = 0;  // in use by it
  std::uint64_t reserved = 0;   // taken from the kernel for that, at least as much

  bool operator==(const Heap&) const = default;
};

enum class EndpointState : std::uint8_t { ready, ejected, unhealthy, draining };

// One endpoint of one upstream as this proxy sees it.
struct EndpointReading {
  Name upstream, subset;
  Direction direction = Direction::outbound;
  Name address;  // "10.0.0.7:50051"
  EndpointState state = EndpointState::ready;
  std::uint64_t connections_active = 0;
  std::optional<std::uint64_t> requests_active = 0;  // nothing where it is not told
  std::uint64_t weight = 1;
  std::uint64_t priority = 0;  // the lower is used first
  Name locality{};             // "region/zone/sub_zone"; "" where it has none

  bool operator==(const EndpointReading&) const = default;
};

// How many endpoints of an upstream are in a state, by a proxy that does not say which they are.
struct EndpointCount {
  std::string upstream;
  EndpointState state = EndpointState::ready;
  std::uint64_t count = 0;

  bool operator==(const EndpointCount&) const = default;
};

// What is in use of something, and how much of it there may be; no limit: unlimited, or not told.
struct Use {
  std::uint64_t active = 0;
  std::optional<std::uint64_t> limit{};

  bool operator==(const Use&) const = default;
};

// A circuit breaker that is open at this moment.
struct OpenBreaker {
  std::string priority;  // "default", "high"
  std::string resource;  // "connections", "pools", "pending", "requests", "retries"

  bool operator==(const OpenBreaker&) const = default;
};

// The connection pool of one upstream as this proxy sees it. Limits are those of the default
// priority, which is the one that traffic has unless a route says otherwise.
struct UpstreamReading {
  std::string upstream, subset;
  Direction direction = Direction::outbound;
  Use connections, requests, pending, retries;
  std::vector<OpenBreaker> open_breakers;
  // Whether the proxy takes part in HTTP on the way there and so chooses an endpoint per request;
  // false: it forwards bytes and chooses per connection. Nothing before the first connection.
  std::optional<bool> speaks_http{};
  bool tells_retries = false;       // retries.active is told, not merely zero
  bool tells_requests = true;       // likewise requests.active, and whether breakers are open
  bool uses_high_priority = false;  // had traffic that a route gave the high priority
  // Of a client that balances itself: how ("pick_first", "round_robin"); "" where it is not told.
  std::string balancer{};

  bool operator==(const UpstreamReading&) const = default;
};

// Connections that are open of those counted as Counted::tcp_opened.
struct TcpOpen {
  Name owner;  // as SeriesKey::owner
  Direction direction = Direction::outbound;
  Name upstream;
  std::uint64_t connections = 0;

  bool operator==(const TcpOpen&) const = default;
};

// The proxies that a node's proxy keeps, one for each pod that goes through it.
struct AmbientProxies {
  std::uint64_t active = 0;
  std::uint64_t pending = 0;  // pods whose connections do not go through it yet

  bool operator==(const AmbientProxies&) const = default;
};

struct Readings {
  // Of a target of which it was not known who it is (dialect/auto.h): the name of its dialect. Then
  // there is nothing else.
  std::string_view recognised{};
  Instant at;  // when the counters were read (the middle of the question that brought them)
  // Which life of the process this is: it changes when the proxy was restarted, and then every
  // counter began again from zero.
  std::uint64_t incarnation = 0;
  std::optional<Proxy> proxy;
  std::optional<Heap> heap;
  std::string library;                    // of an application: whose counters of calls are read
  std::optional<CounterBlock> traffic;    // calls, messages, resets, durations
  std::optional<CounterBlock> endpoints;  // endpoint_requests; absent when not heard this time
  std::vector<EndpointReading> endpoint_states;
  // Of upstreams that are counted so, beside those of their endpoints that are known by address.
  std::vector<EndpointCount> endpoint_counts;
  std::vector<UpstreamReading> upstreams;  // those that ever had a connection
  std::vector<TcpOpen> tcp_open;
  std::optional<AmbientProxies> ambient;
  // Connections open from clients to this workload, where the source tells which those are.
  std::optional<std::uint64_t> inbound_connections;
  // Of a gRPC server that tells how many calls came over each.
  std::optional<ServerConnections> server_connections{};

  TlsReading tls;                               // what is counted about renewals and connections
  std::optional<CertificateLook> certificates;  // absent when not asked or not heard this time
  std::optional<AgentReading> agent;            // likewise: what the mesh's own agent tells
  ControlPlaneReading control_plane;
  std::optional<PlaneReading> plane;        // of a control plane's own page
  std::optional<DeclaredMethods> declared;  // absent when no look at them ended this time

  std::uint64_t unreadable = 0;   // lines or values that could not be understood
  std::string unreadable_sample;  // the first of them, shortened and printable
  std::uint64_t ambiguous = 0;    // series whose service, method or upstream could not be told
  std::vector<Failure> partial;   // questions that failed while the essential ones succeeded
  // Those that were answered, beside the essential ones; literals, the same words as a failure
  // begins with. One that is in `partial` as well was read in part: the rest is beyond our bounds.
  std::vector<std::string_view> heard;
  // One of `partial` hung and will be left out for a while: how long this poll took says nothing of
  // how the target bears being asked.
  bool hung = false;
  // Questions that hung and are left out for a while, from the poll in which they did (then they
  // are in `partial` as well) for as long as they are not asked again.
  std::vector<Failure> left_out;

  std::optional<SettingsReading> settings;  // absent when no look at them ended this time
};

}  // namespace mesh
