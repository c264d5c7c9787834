// What channelz tells, in words that no library owns: calls and upstreams of the channels,
// endpoints of the subchannels, calls and connections that a server received.
//
//   upstream   the channel's target without its scheme and authority: "users.shop:50051" of
//              dns:///users.shop:50051, "users" of xds:///users
//   endpoint   the subchannel's address. A subchannel belongs to the first channel that has it:
//              C++ lets channels with the same settings share theirs
//   statuses   "OK", and "other" for all else: which one is not told, nor what method was called
//   balancer   the last policy that a channel's trace names; once known it is remembered, for
//              traces are short. pick_first has a subchannel for the one address that it is
//              connected to: of a target that is a list of addresses the others are endpoints, too
//   our calls  are calls that the server received. They are taken off, and so is our connection.
//              Which of several servers of a process it is that we ask is told by our connection,
//              where that is recognised (own_connection.h)
//
// Not thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "dialect/channelz_walk.h"
#include "dialect/own_connection.h"
#include "model/readings.h"

namespace mesh {

class ChannelzReadings {
 public:
  // Adds what a look found.
  void tell(const ChannelzLook& look, Readings& readings);

  // Whether the last look was at another process than the one before.
  bool is_another() const { return is_another_; }

 private:
  struct Counts {
    std::vector<Series> series;
    std::vector<std::uint64_t> values;
    void add(std::string source, SeriesKey key, std::uint64_t value);
  };
  // A server's counts as they were told last, and as they were passed on.
  struct Received {
    ChannelzCounts told, passed;
    OwnCalls own_at_first;   // that are not taken off
    OwnCalls own;            // as last known
    bool counts_all = true;  // even calls of what it does not have
  };

  // Who has an id at this time: another name for another one who was given it again.
  struct Holder {
    double created = 0;
    std::uint64_t number = 0;
    bool seen = false;
  };

  template <class Element>
  std::string identity(std::string_view what, const Element& element);
  std::string policy_of(const std::string& identity, const ChannelzChannel& channel);
  void tell_channels(const ChannelzLook& look, Readings& readings, Counts& calls,
                     Counts& endpoints);
  ChannelzCounts received_by(const std::string& identity, const ChannelzLook::Server& server,
                             bool is_asked);
  bool is_asked(const ChannelzLook::Server& server, const ChannelzLook& look) const;
  void tell_connections(const ChannelzLook& look, Readings& readings);
  void tell_servers(const ChannelzLook& look, Readings& readings, Counts& calls);

  using Block = std::shared_ptr<const std::vector<Series>>;
  Block calls_ = std::make_shared<const std::vector<Series>>(), endpoints_ = calls_;
  std::map<std::string, Holder> holders_;  // by "channel 7"
  std::uint64_t numbers_ = 0;
  std::map<std::string, std::string> policies_;  // by the channel's identity
  std::map<std::string, Received> received_;     // by the server's identity
  std::string process_;                          // the identities of its servers
  bool is_another_ = false;
  OwnConnection own_connection_;
  std::uint64_t processes_ = 0;  // seen so far
};

}  // namespace mesh
