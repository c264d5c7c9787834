// The way through what channelz tells of a process: sans I/O, a part of a conversation. From all
// servers to their connections, and from all channels to the channels and subchannels within them,
// one question after another, and at the end to what came over each connection of a server. Servers
// come first: a call is counted a little after it was answered, and by then those of the last poll
// surely are.
//
// Elements come and go between a list and the question about one of them: what is gone by then is
// passed over. Each is asked for once, so that references in a circle end; lists without an end,
// and all questions of a poll together, are bounded (base/limits.h). Not thread-safe.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "model/readings.h"
#include "model/request.h"
#include "wire/grpc_channelz.h"

namespace mesh {

// Calls of ours, since ever.
struct OwnCalls {
  std::uint64_t succeeded = 0, failed = 0;
  std::uint64_t not_there = 0;  // UNIMPLEMENTED, which not all servers count; not in `failed`

  std::uint64_t all() const { return succeeded + failed + not_there; }
};

// What a process has, as the questions of one poll found it.
struct ChannelzLook {
  struct Channel {
    ChannelzChannel told;
    bool is_top = false;  // dialled by the application, and not by another channel
  };
  struct Server {
    ChannelzServer told;
    std::uint64_t connections = 0;
    OwnCalls own;  // that had ended by then
  };
  struct Socket {
    ChannelzSocket told;
    std::uint64_t server = 0;  // its id
    // Calls of ours until then, this question among them: since ever, and in this poll.
    std::uint64_t own = 0, own_in_poll = 0;
  };
  std::vector<Channel> channels;
  std::vector<ChannelzChannel> subchannels;
  std::vector<Server> servers;
  std::vector<Socket> sockets;
  bool has_all_sockets = true;  // of all servers
  std::uint64_t unreadable = 0;
  std::string
      unreadable_sample;  // where the first of them was: "an element of channelz's GetServers"
  // Beyond the bounds: elements that were heard of and not asked for, and lists of which there was
  // more.
  std::uint64_t left_out = 0, lists_cut = 0;
  std::uint64_t lists_broken = 0;  // that did not go on as they should

  bool whole() const { return left_out == 0 && lists_cut == 0 && lists_broken == 0; }
};

class ChannelzWalk {
 public:
  void begin();

  // The next question; nothing: the look is over.
  std::optional<Request> question() const;

  // REQUIRES: `answer` is that to question(). A failure ends the look: the process has no channelz,
  // refuses it, or was lost on the way.
  std::optional<Failure> hear(const Answer& answer);

  // Another call of ours has ended so.
  void count_own(const Answer& answer);

  // Nothing more is asked in this poll.
  void end();

  const ChannelzLook& look() const { return look_; }

 private:
  struct Question {
    ChannelzCall call;
    std::uint64_t id = 0;    // of whom; 0: of all
    std::uint64_t from = 0;  // of a list
  };

  bool goes_on_with_sockets() const { return questions_.empty(); }
  void ask(ChannelzCall call, std::uint64_t id);
  void ask_of_socket(std::uint64_t server, std::uint64_t id);
  void pass_over_sockets();
  void hear_socket(const Question& question, const Answer& answer);
  bool read(const Question& question, const Response& answer);
  void enter(ChannelzChannel channel, bool is_top);
  void enter_server(const ChannelzServer& server);
  void note_unreadable(ChannelzCall call, std::uint64_t count);
  void count_connection(std::uint64_t server);
  void turn_page(const Question& question, bool end, std::uint64_t last);

  ChannelzLook look_;
  std::deque<Question> questions_;
  std::deque<Question> socket_questions_;  // `from` is the server's id
  std::set<std::pair<ChannelzCall, std::uint64_t>> known_;
  std::size_t asked_ = 0, pages_ = 0;
  OwnCalls own_;
  std::uint64_t own_before_ = 0;  // of all, when this poll began
};

}  // namespace mesh
