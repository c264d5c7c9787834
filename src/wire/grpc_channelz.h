// channelz (grpc.channelz.v1): what a gRPC library knows of its own channels, subchannels and
// servers. Questions as bytes to send, answers from bytes; each is a unary call. Never throws,
// never logs.
//
// Counts begin with the process, and so do ids, which are given again by the next one: what an id
// stands for shows by the moment of its creation, where the library tells that (C++ and what is
// built on it do; Go not of servers). C++ makes the moment anew for every answer, from a clock that
// is adjusted.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace mesh {

enum class ChannelzCall : std::uint8_t {
  top_channels,
  channel,
  subchannel,
  servers,
  server_sockets,
  socket
};

// "/grpc.channelz.v1.Channelz/GetTopChannels"
std::string_view channelz_path(ChannelzCall call);

// A page of all top channels, or of all servers, from this id on.
std::string channelz_page_question(std::uint64_t from);
// A page of the connections of one server.
std::string server_sockets_question(std::uint64_t server, std::uint64_t from);
// One channel, subchannel or socket.
std::string channelz_one_question(std::uint64_t id);

enum class ChannelState : std::uint8_t {
  unknown,
  idle,
  connecting,
  ready,
  transient_failure,
  shutdown
};

struct ChannelzCounts {
  std::uint64_t started = 0, succeeded = 0, failed = 0;  // calls; failed: any status but OK

  bool operator==(const ChannelzCounts&) const = default;
};

// A channel, or a subchannel, which is a channel to one address.
struct ChannelzChannel {
  std::uint64_t id = 0;
  double created = 0;  // seconds since 1970; 0: not told
  // As it was dialled, of a subchannel its address, in the library's spelling; of more than
  // limits::channelz_target_bytes the beginning.
  std::string target;
  ChannelState state = ChannelState::unknown;
  ChannelzCounts calls;
  std::string policy;  // the last one its trace tells of: "pick_first"; "" if none is in there
  std::vector<std::uint64_t> channels, subchannels, sockets;  // ids of what it is made of
  std::uint64_t left_out = 0;  // channels and subchannels of it beyond the bound of a poll

  bool operator==(const ChannelzChannel&) const = default;
};

struct ChannelzServer {
  std::uint64_t id = 0;
  double created = 0;  // as above
  ChannelzCounts calls;

  bool operator==(const ChannelzServer&) const = default;
};

// A connection of a server.
struct ChannelzSocket {
  std::uint64_t id = 0;
  std::uint64_t started = 0;  // calls, from the question that brings this on where it came over it

  bool operator==(const ChannelzSocket&) const = default;
};

template <class Element>
struct ChannelzPage {
  std::vector<Element> elements;  // at most limits::channelz_page
  std::uint64_t unreadable = 0;   // or more than were asked for
  bool end = false;               // there is none behind it
};

// An error: it is no such answer.
Result<ChannelzPage<ChannelzChannel>> read_top_channels(std::string_view answer);
Result<ChannelzPage<ChannelzServer>> read_servers(std::string_view answer);
Result<ChannelzPage<std::uint64_t>> read_server_sockets(std::string_view answer);
Result<ChannelzChannel> read_channel(std::string_view answer);  // or subchannel
Result<ChannelzSocket> read_socket(std::string_view answer);

}  // namespace mesh
