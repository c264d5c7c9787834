// The control plane of one proxy over time: whether its links hold, what became of updates.
//
// Whether a link holds. Envoy says 0 as soon as a connection broke or could not be made, and 1 as
// soon as it tries again: a control plane behind a firewall that drops packets shows 1 for the time
// of every attempt (seen: 5 s of 1, then 0, then 1 again), one that accepts and says nothing shows
// 1 for ever. So:
//
//   - 0 is believed at once;
//   - 1 is not believed while no update ever came over the link although some was asked for;
//   - a link that was cut holds again when an update came over it, or when it was 1 for ten seconds
//     without a failed attempt (longer than a connection is tried for; a control plane that has
//     nothing new answers nothing).
//
// What remains invisible: a connection that is open at this end only. Envoy says 1 until the kernel
// gives it up.
//
// Counts are those of the proxy, carried over its restarts by the rules of compute/counter_book.h:
// what was absent from the last complete answer counts from zero.
//
// Where the proxy's own link ends at an agent beside it (Istio) and the proxy does not show it, the
// agent's word for its connection to the control plane is taken: cut when it broke or could not be
// made since the last look and brought nothing, holding when it brought something. An agent that
// says whether it is connected (Consul's dataplane) is believed, beside the proxy's own link.
//
// What was rejected stays so until something is accepted. If both happened between two looks, which
// came last is not told, and nothing is claimed; so too of what happened before the first look.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "model/certificate_look.h"
#include "model/control_plane.h"
#include "model/known_certificate.h"

namespace mesh {

// One per target. Not thread-safe.
class ControlPlaneBook {
 public:
  // `secrets_by_agent`: the proxy's links for secrets end at an agent that renews them where the
  // configuration comes from (Istio): they prove nothing, and that link is cut for both.
  explicit ControlPlaneBook(bool secrets_by_agent = false) : secrets_by_agent_(secrets_by_agent) {}

  // Once a poll: what the proxy said, and when.
  void enter(const ControlPlaneReading& reading, std::uint64_t incarnation, Instant at,
             WallTime wall);

  // Once a look at the agent's page, of an agent that tells.
  void enter_agent(const AgentLink& now, WallTime wall);

  // As last judged. `place` is where the proxy's certificates are known, if they are;
  // `agent_is_recent`: its page was heard lately.
  ControlPlaneState state(const CertificatePlace* place, bool agent_is_recent) const;

 private:
  using Key = std::pair<ConfigKind, std::string>;
  struct Resource {
    ConfigResource last;           // as last seen
    std::uint64_t rejections = 0;  // none accepted since
    std::optional<WallTime> rejected_since;
    bool failing = false;  // asking for it failed since its link was last seen to hold
    bool seen = false;     // in the answer being entered
    // Since the look before.
    bool answered = false, failed = false;
  };
  struct Link {
    LinkState state;
    std::optional<Instant> holding_since;  // 1 without a failed attempt since then
    bool fresh = true;                     // not looked at before
    bool seen = false, says_connected = false;
    // Of its resources.
    bool asked = false, ever = false, answered = false, failed = false;
  };

  void enter_resource(const ConfigResource& now, bool first, WallTime wall);
  void enter_link(const LinkReading& now);
  void gather();
  void judge(Link& link, Instant at, WallTime wall);
  Link* link_of(const Key& key);
  const Link* link_of(const Key& key) const;

  struct Agent {
    AgentLink last;
    LinkState state;
  };

  const bool secrets_by_agent_;
  bool first_ = true;
  std::vector<ConfigStatusCount> statuses_;
  std::vector<ConfigVersionCount> versions_;
  std::optional<Agent> agent_;
  std::uint64_t incarnation_ = 0;
  std::map<Key, Resource> resources_;
  std::map<Key, Link> links_;
  std::array<std::optional<UpdateCounts>, config_kinds> updates_;
  std::array<std::optional<std::uint64_t>, config_kinds> reconnects_;
};

}  // namespace mesh
