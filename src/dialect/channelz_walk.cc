// A queue of questions, and what each answer adds to it; see channelz_walk.h.
#include "dialect/channelz_walk.h"

#include <algorithm>
#include <string>

#include "base/limits.h"
#include "dialect/grpc_answer.h"

namespace mesh {
namespace {

std::string message_of(ChannelzCall call, std::uint64_t id, std::uint64_t from) {
  switch (call) {
    case ChannelzCall::top_channels:
    case ChannelzCall::servers: return channelz_page_question(from);
    case ChannelzCall::server_sockets: return server_sockets_question(id, from);
    case ChannelzCall::channel:
    case ChannelzCall::subchannel:
    case ChannelzCall::socket: return channelz_one_question(id);
  }
  return "";
}

template <class Element>
std::uint64_t id_of(const Element& element) {
  return element.id;
}
std::uint64_t id_of(std::uint64_t id) { return id; }

// The highest id on the page; 0 if it is empty.
template <class Element>
std::uint64_t last_of(const ChannelzPage<Element>& page) {
  std::uint64_t last = 0;
  for (const Element& element : page.elements) last = std::max(last, id_of(element));
  return last;
}

}  // namespace

void ChannelzWalk::begin() {
  look_ = {};
  known_.clear();
  asked_ = pages_ = 0;
  questions_ = {{ChannelzCall::servers}, {ChannelzCall::top_channels}};
  socket_questions_.clear();
  own_before_ = own_.all();
}

void ChannelzWalk::end() {
  questions_.clear();
  pass_over_sockets();
}

std::optional<Request> ChannelzWalk::question() const {
  const auto& next = goes_on_with_sockets() ? socket_questions_ : questions_;
  if (next.empty()) return std::nullopt;
  const auto& [call, id, from] = next.front();
  return grpc_question(channelz_path(call), message_of(call, id, from));
}

std::optional<Failure> ChannelzWalk::hear(const Answer& answer) {
  if (goes_on_with_sockets()) {
    const Question question = socket_questions_.front();
    socket_questions_.pop_front();
    hear_socket(question, answer);
    return std::nullopt;
  }
  const Question question = questions_.front();
  questions_.pop_front();
  count_own(answer);
  auto failure = check_call(answer, channelz_path(question.call));
  if (failure && (!answer || asked_ == 0)) return failure;
  ++asked_;
  // Of one element: it is gone meanwhile.
  if (!failure && !read(question, *answer)) {
    if (asked_ == 1) {
      std::string words(channelz_path(question.call));
      return Failure{Reason::parse, words.append(": the answer is none of channelz")};
    }
    note_unreadable(question.call, 1);
  }
  if (asked_ >= limits::channelz_questions_per_poll && !questions_.empty()) {
    look_.left_out += questions_.size();
    questions_.clear();
  }
  if (asked_ + socket_questions_.size() > limits::channelz_questions_per_poll) pass_over_sockets();
  return std::nullopt;
}

// A connection that is gone meanwhile is none. Who cannot tell of connections, or is too slow for
// it, is not asked of the others.
void ChannelzWalk::hear_socket(const Question& question, const Answer& answer) {
  count_own(answer);
  if (!answer || is_unimplemented(answer)) return pass_over_sockets();
  if (answer->grpc_code != "OK") return;
  const auto socket = read_socket(answer->body);
  if (!socket || socket->id != question.id) return pass_over_sockets();
  look_.sockets.push_back({*socket, question.from, own_.all(), own_.all() - own_before_});
}

void ChannelzWalk::pass_over_sockets() {
  look_.has_all_sockets = false;
  socket_questions_.clear();
}

void ChannelzWalk::ask_of_socket(std::uint64_t server, std::uint64_t id) {
  if (!look_.has_all_sockets || !known_.emplace(ChannelzCall::socket, id).second) return;
  socket_questions_.push_back({ChannelzCall::socket, id, server});
  if (socket_questions_.size() > limits::channelz_connections) pass_over_sockets();
}

void ChannelzWalk::count_own(const Answer& answer) {
  if (!answer) return;
  const bool ok = answer->grpc_code == "OK";
  ++(ok ? own_.succeeded : is_unimplemented(answer) ? own_.not_there : own_.failed);
}

// False for what is no answer to the question.
bool ChannelzWalk::read(const Question& question, const Response& answer) {
  const auto read_page = [&](auto page, const auto& each) {
    if (!page) return false;
    note_unreadable(question.call, page->unreadable);
    for (auto& element : page->elements) each(element);
    turn_page(question, page->end, last_of(*page));
    return true;
  };
  switch (question.call) {
    case ChannelzCall::top_channels:
      return read_page(read_top_channels(answer.body),
                       [&](ChannelzChannel& channel) { enter(std::move(channel), true); });
    case ChannelzCall::servers:
      return read_page(read_servers(answer.body),
                       [&](const ChannelzServer& server) { enter_server(server); });
    case ChannelzCall::server_sockets:
      return read_page(read_server_sockets(answer.body), [&](std::uint64_t socket) {
        count_connection(question.id);
        ask_of_socket(question.id, socket);
      });
    case ChannelzCall::channel:
    case ChannelzCall::subchannel:
    case ChannelzCall::socket: break;
  }
  auto one = read_channel(answer.body);
  if (!one) return false;
  if (question.call == ChannelzCall::channel) {
    enter(std::move(*one), false);
  } else {
    look_.subchannels.push_back(std::move(*one));
  }
  return true;
}

void ChannelzWalk::note_unreadable(ChannelzCall call, std::uint64_t count) {
  look_.unreadable += count;
  if (count == 0 || !look_.unreadable_sample.empty()) return;
  std::string_view method = channelz_path(call);
  method.remove_prefix(method.rfind('/') + 1);
  look_.unreadable_sample = std::string("an element of channelz's ").append(method);
}

void ChannelzWalk::ask(ChannelzCall call, std::uint64_t id) {
  if (known_.emplace(call, id).second) questions_.push_back({call, id});
}

void ChannelzWalk::enter(ChannelzChannel channel, bool is_top) {
  if (is_top && !known_.emplace(ChannelzCall::channel, channel.id).second) return;
  look_.left_out += channel.left_out;
  for (const std::uint64_t id : channel.channels) ask(ChannelzCall::channel, id);
  for (const std::uint64_t id : channel.subchannels) ask(ChannelzCall::subchannel, id);
  look_.channels.push_back({std::move(channel), is_top});
}

void ChannelzWalk::enter_server(const ChannelzServer& server) {
  if (!known_.emplace(ChannelzCall::servers, server.id).second) return;
  look_.servers.push_back({server, 0, own_});
  ask(ChannelzCall::server_sockets, server.id);
}

void ChannelzWalk::count_connection(std::uint64_t server) {
  const auto it =
      std::ranges::find(look_.servers, server, [](const auto& one) { return one.told.id; });
  if (it != look_.servers.end()) ++it->connections;
}

// A page that goes on must go on: who gives the same ids again would give them for ever.
void ChannelzWalk::turn_page(const Question& question, bool end, std::uint64_t last) {
  if (end) return;
  const bool broken = last < question.from || last == 0;
  if (broken || ++pages_ >= limits::channelz_pages) {
    ++(broken ? look_.lists_broken : look_.lists_cut);
    pass_over_sockets();
    return;
  }
  questions_.push_front({question.call, question.id, last + 1});
}

}  // namespace mesh
