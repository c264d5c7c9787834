// From looks to links and counts; the rules are told in control_plane_book.h.
#include "compute/control_plane_book.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <vector>

#include "base/limits.h"
#include "compute/cascade.h"
#include "compute/growth.h"

namespace mesh {
namespace {

constexpr std::chrono::seconds holds_after{10};

std::size_t index_of(ConfigKind kind) { return static_cast<std::size_t>(kind); }

// What is not in a complete answer is gone.
template <class Map>
void drop_unseen(Map& map) {
  std::erase_if(map, [](const auto& item) { return !item.second.seen; });
}

// One answer has no more than the bound; one that is damaged each time could bring ever new names.
template <class Map>
bool has_room(const Map& map, const typename Map::key_type& key) {
  return map.size() < limits::config_resources_per_target || map.contains(key);
}

}  // namespace

void ControlPlaneBook::enter(const ControlPlaneReading& reading, std::uint64_t incarnation,
                             Instant at, WallTime wall) {
  const bool first = first_;
  if (!first && incarnation != incarnation_) {
    resources_.clear();
    links_.clear();
  }
  first_ = false;
  incarnation_ = incarnation;
  for (auto& [key, resource] : resources_) {
    resource.seen = resource.answered = resource.failed = false;
  }
  for (auto& [key, link] : links_) link.seen = false;

  statuses_ = reading.statuses;
  versions_ = reading.versions;
  for (const ConfigResource& resource : reading.resources) enter_resource(resource, first, wall);
  for (const LinkReading& link : reading.links) enter_link(link);
  if (reading.complete) {
    drop_unseen(resources_);
    drop_unseen(links_);
  }
  gather();
  for (auto& [key, link] : links_) {
    if (link.seen) judge(link, at, wall);
  }
  for (auto& [key, resource] : resources_) {
    const Link* link = link_of(key);
    resource.failing = link && !link->state.connected && (resource.failing || resource.failed);
  }
}

void ControlPlaneBook::enter_resource(const ConfigResource& now, bool first, WallTime wall) {
  if (!has_room(resources_, {now.kind, now.name})) return;
  Resource& resource = resources_[{now.kind, now.name}];
  const ConfigResource before = resource.last;
  const std::uint64_t accepted = growth(before.accepted, now.accepted);
  const std::uint64_t rejected = growth(before.rejected, now.rejected);
  const std::uint64_t failed = growth(before.failed, now.failed);
  // Of endpoints only the time is told, and that only once a rejection is on record.
  const bool other_time = before.last_update != 0 && before.last_update != now.last_update;
  const bool good = accepted > 0 || other_time;
  resource.last = now;
  resource.seen = true;
  resource.answered = good || rejected > 0;
  resource.failed = failed > 0;

  auto& counts = updates_[index_of(now.kind)];
  if (!counts) counts = UpdateCounts{now.kind, 0, 0, 0, {}};
  counts->accepted += accepted;
  counts->rejected += rejected;
  counts->failed += failed;
  // Beyond the year 2250 is nobody's clock, and would not fit into ours.
  if (now.last_update != 0 && now.last_update < 9'000'000'000'000) {
    const WallTime last{std::chrono::milliseconds(now.last_update)};
    counts->last_update = std::max(counts->last_update.value_or(last), last);
  }

  const bool told = !(first && now.kind == ConfigKind::eds);
  if (good) {
    resource.rejections = 0;
    resource.rejected_since.reset();
  } else if (rejected > 0 && told) {
    resource.rejections += rejected;
    if (!resource.rejected_since) resource.rejected_since = wall;
  }
}

void ControlPlaneBook::enter_link(const LinkReading& now) {
  if (!has_room(links_, {now.kind, now.name})) return;
  Link& link = links_[{now.kind, now.name}];
  link.says_connected = now.connected;
  link.seen = true;
  link.state.kind = now.kind;
  link.state.name = now.name;
  auto& reconnects = reconnects_[index_of(now.kind)];
  if (!reconnects) reconnects = 0;
}

// What each link brought.
void ControlPlaneBook::gather() {
  for (auto& [key, link] : links_) link.asked = link.ever = link.answered = link.failed = false;
  for (const auto& [key, resource] : resources_) {
    Link* link = link_of(key);
    if (!link) continue;
    link->asked |= resource.last.attempts > 0;
    link->ever |= resource.last.accepted > 0 || resource.last.rejected > 0;
    link->answered |= resource.answered;
    link->failed |= resource.failed;
  }
}

void ControlPlaneBook::judge(Link& link, Instant at, WallTime wall) {
  const bool may_hold = link.says_connected && (link.ever || !link.asked);
  bool holds = may_hold && (link.fresh || link.state.connected || link.answered);
  if (!may_hold) {
    link.holding_since.reset();
  } else if (!holds) {
    if (!link.holding_since || link.failed) link.holding_since = at;
    holds = at - *link.holding_since >= holds_after;
  }
  LinkState& state = link.state;
  const bool was_cut = !link.fresh && !state.connected;
  if (holds && was_cut && state.ever_answered) ++*reconnects_[index_of(state.kind)];
  state.connected = holds;
  state.ever_answered = link.ever || !link.asked;
  link.fresh = false;
  if (holds) {
    link.holding_since.reset();
    state.cut_since.reset();
    state.cut_looks = 0;
  } else {
    if (!state.cut_since) state.cut_since = wall;
    ++state.cut_looks;
  }
}

// Its own, else the one for all.
const ControlPlaneBook::Link* ControlPlaneBook::link_of(const Key& key) const {
  auto it = links_.find(key);
  if (it == links_.end()) it = links_.find({ConfigKind::ads, ""});
  return it == links_.end() ? nullptr : &it->second;
}
ControlPlaneBook::Link* ControlPlaneBook::link_of(const Key& key) {
  return const_cast<Link*>(std::as_const(*this).link_of(key));
}

void ControlPlaneBook::enter_agent(const AgentLink& now, WallTime wall) {
  const AgentLink none;
  const bool began_anew =
      !agent_ || now.broken < agent_->last.broken || now.answers < agent_->last.answers;
  if (!agent_) {
    agent_.emplace(Agent{{}, {ConfigKind::ads, std::string(now.to), true, false, {}, 0}});
  }
  const AgentLink& last = began_anew ? none : agent_->last;
  LinkState& link = agent_->state;
  const bool answered = now.answers > last.answers;
  link.ever_answered |= answered || now.connected == true;
  link.connected = answered || (link.connected && now.broken == last.broken);
  if (now.connected) link.connected = *now.connected;
  if (link.connected) {
    link.cut_since.reset();
    link.cut_looks = 0;
  } else {
    if (!link.cut_since) link.cut_since = wall;
    ++link.cut_looks;
  }
  agent_->last = now;
}

ControlPlaneState ControlPlaneBook::state(const CertificatePlace* place,
                                          bool agent_is_recent) const {
  ControlPlaneState state;
  bool config_cut = false, config_told = false;
  for (const auto& [key, link] : links_) {
    state.links.push_back(link.state);
    const ConfigKind kind = link.state.kind;
    const bool config =
        kind == ConfigKind::ads || kind == ConfigKind::cds || kind == ConfigKind::lds;
    config_cut |= config && !link.state.connected;
    config_told |= config;
  }
  // One that counts only is believed where the proxy says nothing itself; one that says whether it
  // is connected knows of what the proxy, whose link ends at the agent, does not see.
  if (agent_ && agent_is_recent && (!config_told || agent_->last.connected)) {
    state.links.push_back(agent_->state);
    config_cut |= !agent_->state.connected;
  }
  std::vector<SecretLink> secrets;
  for (const auto& [key, resource] : resources_) {
    if (resource.rejected_since) {
      state.rejected.push_back({key.first, key.second, resource.rejections,
                                *resource.rejected_since, resource.last.why});
    }
    if (key.first != ConfigKind::sds) continue;
    const auto own = links_.find(key);
    const bool cut = own == links_.end() ? resource.failing : !own->second.state.connected;
    secrets.push_back({resource.last.expires, cut || (secrets_by_agent_ && config_cut)});
  }
  state.statuses = statuses_;
  state.versions = versions_;
  for (const auto& counts : updates_) {
    if (counts) state.updates.push_back(*counts);
  }
  for (std::size_t i = 0; i < config_kinds; ++i) {
    if (reconnects_[i]) state.reconnects.push_back({static_cast<ConfigKind>(i), *reconnects_[i]});
  }
  if (place) state.cascade = cascade_of(*place, secrets, config_cut);
  return state;
}

}  // namespace mesh
