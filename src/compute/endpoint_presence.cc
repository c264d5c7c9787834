// Keeping the register; see endpoint_presence.h.
#include "compute/endpoint_presence.h"

namespace mesh {

void EndpointPresence::enter(const std::vector<EndpointReading>& endpoints, Instant at,
                             Duration remembered) {
  for (const EndpointReading& endpoint : endpoints) {
    if (endpoint.direction != Direction::outbound) continue;
    const auto [it, fresh] =
        entries_.try_emplace({endpoint.upstream, endpoint.subset, endpoint.address});
    Entry& entry = it->second;
    // One that was gone for a look and is back has joined.
    const bool joined = fresh ? !first_ : entry.seen != last_look_ && entry.seen != at;
    if (joined) entry.joined = at;
    if (endpoint.state != EndpointState::ready) entry.barred = at;
    entry.seen = at;
  }
  std::erase_if(entries_, [&](const auto& item) { return at - item.second.seen > remembered; });
  last_look_ = at;
  first_ = false;
}

EndpointPresence::Presence EndpointPresence::of(const Name& upstream, const Name& subset,
                                                const Name& address, Instant from) const {
  const auto it = entries_.find({upstream, subset, address});
  if (it == entries_.end()) return {true, false};
  const Entry& entry = it->second;
  Presence presence;
  presence.joined_or_left = entry.seen != last_look_ || entry.joined > from;
  presence.was_barred = entry.barred >= from;
  return presence;
}

}  // namespace mesh
