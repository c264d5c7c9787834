// The control plane as one proxy sees it: the connections by which it gets its configuration and
// its certificates, and what became of the updates that came over them.
//
// Configuration comes in kinds, named as in Envoy's protocol: clusters (cds), listeners (lds),
// routes (rds), endpoints (eds) and secrets (sds), all over one connection (ads) or each over one
// of its own. Nothing of this is there for a proxy that reads files.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"

namespace mesh {

enum class ConfigKind : std::uint8_t { ads, cds, lds, rds, eds, sds };
inline constexpr std::size_t config_kinds = 6;

constexpr std::string_view to_string(ConfigKind kind) {
  switch (kind) {
    case ConfigKind::ads: return "ads";
    case ConfigKind::cds: return "cds";
    case ConfigKind::lds: return "lds";
    case ConfigKind::rds: return "rds";
    case ConfigKind::eds: return "eds";
    case ConfigKind::sds: return "sds";
  }
  return "";
}

// How a configuration stands, by who is asked: an xDS client says what it made of it, a control
// plane what it has of its clients. The words are those of the client status discovery service.
enum class ConfigStatus : std::uint8_t {
  unknown,
  // A client's.
  requested,  // and nothing has come yet
  does_not_exist,
  acked,
  nacked,
  received_error,
  timeout,
  // A control plane's.
  synced,    // sent, and accepted
  not_sent,  // there is none, or not yet
  stale,     // sent, and not answered
  error      // sent, and refused
};
inline constexpr std::size_t config_statuses = 11;

constexpr std::string_view to_string(ConfigStatus status) {
  switch (status) {
    case ConfigStatus::unknown: return "unknown";
    case ConfigStatus::requested: return "requested";
    case ConfigStatus::does_not_exist: return "does_not_exist";
    case ConfigStatus::acked: return "acked";
    case ConfigStatus::nacked: return "nacked";
    case ConfigStatus::received_error: return "received_error";
    case ConfigStatus::timeout: return "timeout";
    case ConfigStatus::synced: return "synced";
    case ConfigStatus::not_sent: return "not_sent";
    case ConfigStatus::stale: return "stale";
    case ConfigStatus::error: return "error";
  }
  return "";
}

// ---- what one answer of a proxy says ----

// A connection, by the proxy's word. 1 is said while it is only being tried, too.
struct LinkReading {
  ConfigKind kind = ConfigKind::ads;
  // Of the secret, route table or cluster whose own it is, or of whom it leads to; else "".
  std::string name;
  bool connected = false;

  bool operator==(const LinkReading&) const = default;
};

// What is updated as one: all clusters, all listeners, a route table, a secret, a cluster's
// endpoints. Counts since the proxy's start.
struct ConfigResource {
  ConfigKind kind = ConfigKind::cds;
  std::string name;             // as of a link
  std::uint64_t attempts = 0;   // asked for, or answered
  std::uint64_t accepted = 0;   // not told of endpoints
  std::uint64_t rejected = 0;   // refused by the proxy because of the content
  std::uint64_t failed = 0;     // not brought: no connection, or it broke
  std::uint64_t last_update{};  // ms since 1970: the last that was accepted; 0: none, or not told
  std::optional<std::uint64_t> expires;  // of a secret: end of the certificate in use, as
                                         // SecretReading::expires
  std::string why{};                     // of the last that was refused; "": not told

  bool operator==(const ConfigResource&) const = default;
};

// Configurations of one kind that stand so.
struct ConfigStatusCount {
  ConfigKind kind = ConfigKind::cds;
  ConfigStatus status = ConfigStatus::unknown;
  std::uint64_t count = 0;

  bool operator==(const ConfigStatusCount&) const = default;
};

// Configurations of one kind that are in use under this version; "other": under any that is not
// told apart.
struct ConfigVersionCount {
  ConfigKind kind = ConfigKind::cds;
  std::string version;
  std::uint64_t count = 0;

  bool operator==(const ConfigVersionCount&) const = default;
};

struct ControlPlaneReading {
  std::vector<LinkReading> links;
  std::vector<ConfigResource> resources;
  bool complete = true;                        // as CounterBlock::complete
  std::vector<ConfigStatusCount> statuses{};   // empty where they are not told
  std::vector<ConfigVersionCount> versions{};  // likewise

  bool operator==(const ControlPlaneReading&) const = default;
};

// ---- what is known of it over time (compute/control_plane_book.h) ----

struct LinkState {
  ConfigKind kind = ConfigKind::ads;
  std::string name;
  bool connected = false;
  bool ever_answered = false;         // an update came over it since the proxy's start
  std::optional<WallTime> cut_since;  // the first look that saw it cut
  std::uint64_t cut_looks = 0;        // so many in a row saw it cut

  bool operator==(const LinkState&) const = default;
};

// All resources of one kind together, since the agent's start.
struct UpdateCounts {
  ConfigKind kind = ConfigKind::cds;
  std::uint64_t accepted = 0, rejected = 0, failed = 0;
  std::optional<WallTime> last_update;  // the newest that was accepted

  bool operator==(const UpdateCounts&) const = default;
};

struct ReconnectCount {
  ConfigKind kind = ConfigKind::ads;
  std::uint64_t count = 0;

  bool operator==(const ReconnectCount&) const = default;
};

// A resource whose last update was refused.
struct RejectedConfig {
  ConfigKind kind = ConfigKind::cds;
  std::string name;
  std::uint64_t rejections = 0;  // since the last that was accepted, as far as seen
  WallTime since;                // the first look that saw one
  std::string why{};             // of the last, in the proxy's words; "": not told

  bool operator==(const RejectedConfig&) const = default;
};

// The first certificate to run out of those that cannot be renewed because a link is cut.
struct Cascade {
  std::chrono::sys_seconds at;
  std::optional<std::chrono::sys_seconds> not_before;  // its beginning, where that is known
  std::string leaf;                                    // its identity

  bool operator==(const Cascade&) const = default;
};

struct ControlPlaneState {
  std::vector<LinkState> links;
  std::vector<UpdateCounts> updates;       // one per kind that was ever seen
  std::vector<ReconnectCount> reconnects;  // one per kind of links
  std::vector<RejectedConfig> rejected;
  std::vector<ConfigStatusCount> statuses;   // as last told
  std::vector<ConfigVersionCount> versions;  // likewise
  std::optional<Cascade> cascade;  // there while a link is cut over which leaves are renewed
};

}  // namespace mesh
