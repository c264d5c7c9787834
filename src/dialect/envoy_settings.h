// When an Envoy is asked for its own configuration, for what of it, and what its answers mean.
//
// The whole /config_dump of a thousand clusters is 6 to 12 MB and takes the proxy's main thread
// half a second. So only this is asked (measured in docs/adr/0005-settings-audit.md):
//
//   ?resource=dynamic_active_clusters&mask=…                clusters, of each seven fields; once
//   for
//                                      all where they are few, else once for each upstream in use
//                                      by &name_regex=, which saves the walk, too
//   ?resource=static_clusters&mask=…   the same where no cluster came from a control plane; where
//                                      one did, the static ones are the mesh's own plumbing
//   ?resource=dynamic_listeners, else static_listeners      no mask fits their filters
//   ?resource=dynamic_route_configs&name_regex=…            where gRPC-Web meets a CORS filter and
//                                      its routes come by RDS
//
// A round of these begins when ten minutes have passed, or one minute after the last when the
// configuration changed or another upstream came into use. It takes a few questions a poll, in no
// poll that asks another dear question, and none while the proxy is given a rest.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "dialect/envoy_endpoints.h"
#include "dialect/envoy_names.h"
#include "model/readings.h"
#include "model/request.h"
#include "model/settings.h"
#include "wire/envoy_config_dump.h"
#include "wire/envoy_stats.h"

namespace mesh {

// What of the poll under way matters to the timetable.
struct SettingsOccasion {
  Instant now;
  const std::vector<UpstreamReading>& in_use;
  const EnvoyEndpoints& endpoints;
  bool dear = false;  // another dear question was asked
};

// One per target. Not thread-safe.
class EnvoySettings {
 public:
  // A poll that comes much later than `poll_interval` after the last shows that the proxy is given
  // a rest. Where the audit is not `wanted` nothing is ever asked.
  EnvoySettings(Duration poll_interval, bool wanted) : interval_(poll_interval), wanted_(wanted) {}

  // Once a poll: when it began, and what the statistics say of changes.
  void begin(Instant now);
  void note_changes(const StatsReader& reader, const StatsAnswer& answer);

  // The first question of this poll; nothing if none is due.
  std::optional<Request> question(const SettingsOccasion& occasion);

  // Enters the answer to the last question: the next one of this poll, or nothing. Into `readings`
  // goes what the round found once it is over, or why there was no answer: then the round ends. A
  // question that the proxy refuses, or answers at too great a length, is not asked again for an
  // hour.
  std::optional<Request> hear(Answer answer, Readings& readings);

  // The process is a new one.
  void forget();

 private:
  bool is_due(const SettingsOccasion& occasion) const;
  void choose(const SettingsOccasion& occasion);
  void plan(const SettingsOccasion& occasion);
  std::optional<Request> next();
  void enter_cluster(const EnvoyClusterSettings& cluster);
  void enter_manager(const EnvoyManagerSettings& manager);
  void enter(const EnvoyConfigDump& dump);
  void judge_origins();
  void fail(Failure failure, Readings& readings);

  Duration interval_;
  bool wanted_;
  bool at_ease_ = true;
  std::optional<Instant> began_;

  std::uint64_t layout_ = 0;                 // that was learnt
  std::vector<std::uint32_t> change_lines_;  // positions in answer.values
  std::uint64_t changes_ = 0, seen_changes_ = 0;

  std::map<std::string, UpstreamName> audited_;  // by name of the cluster
  std::size_t used_ = 0;                         // upstreams in use when the last round began
  std::uint64_t left_out_ = 0;
  bool dynamic_ = false;  // some cluster came from a control plane
  std::optional<Instant> last_round_, refused_until_;
  int postponed_ = 0;

  std::vector<std::string> questions_;  // of the round under way, the next one last
  bool in_round_ = false, asked_dynamic_listeners_ = false;
  std::size_t asked_now_ = 0;              // in this poll
  std::vector<EnvoyManagerSettings> web_;  // those of gRPC-Web with a CORS filter
  SettingsReading round_;
};

}  // namespace mesh
