// From channelz's messages to values; see grpc_channelz.h.
#include "wire/grpc_channelz.h"

#include <messages/channelz.pb.h>

#include <algorithm>
#include <array>
#include <functional>
#include <iterator>
#include <optional>
#include <set>
#include <utility>

#include "base/limits.h"
#include "base/text.h"
#include "wire/grpc_parse.h"
#include "wire/proto_walk.h"

namespace mesh {
namespace {

constexpr std::array<std::string_view, 6> paths{
    "/grpc.channelz.v1.Channelz/GetTopChannels",   "/grpc.channelz.v1.Channelz/GetChannel",
    "/grpc.channelz.v1.Channelz/GetSubchannel",    "/grpc.channelz.v1.Channelz/GetServers",
    "/grpc.channelz.v1.Channelz/GetServerSockets", "/grpc.channelz.v1.Channelz/GetSocket",
};

const Error no_answer{"the answer is none of channelz"};

template <class Data>
std::optional<ChannelzCounts> counts_of(const Data& data) {
  if (data.calls_started() < 0 || data.calls_succeeded() < 0 || data.calls_failed() < 0) {
    return std::nullopt;
  }
  return ChannelzCounts{static_cast<std::uint64_t>(data.calls_started()),
                        static_cast<std::uint64_t>(data.calls_succeeded()),
                        static_cast<std::uint64_t>(data.calls_failed())};
}

double seconds_of(const grpc_messages::Timestamp& time) {
  return static_cast<double>(time.seconds()) + static_cast<double>(time.nanos()) / 1e9;
}

ChannelState state_of(int told) {
  const bool known = told >= 0 && told <= static_cast<int>(ChannelState::shutdown);
  return known ? static_cast<ChannelState>(told) : ChannelState::unknown;
}

// Ids of one kind of reference, the same ones once and in order. Of too many the lowest, for they
// may come in another order each time. False: the bytes are damaged.
bool read_refs(std::string_view element, int field,
               std::int64_t (grpc_messages::Ref::*id_of)() const, std::vector<std::uint64_t>& ids,
               std::uint64_t& left_out) {
  std::set<std::uint64_t> lowest;
  const bool whole = walk_messages(element, {field}, [&](std::string_view bytes) {
    grpc_messages::Ref ref;
    const bool told = parse_message(bytes, ref) && (ref.*id_of)() > 0;
    if (told) lowest.insert(static_cast<std::uint64_t>((ref.*id_of)()));
    if (lowest.size() <= limits::channelz_questions_per_poll) return;
    lowest.erase(std::prev(lowest.end()));
    ++left_out;
  });
  ids.assign(lowest.begin(), lowest.end());
  return whole;
}

// "pick_first" of `Created new LB policy "pick_first"` (C++, Python) and of `Channel switches to
// new LB policy "pick_first"` (Go).
std::string_view policy_in(std::string_view event) {
  constexpr std::string_view words = "LB policy \"";
  const auto at = event.find(words);
  if (at == std::string_view::npos) return {};
  event.remove_prefix(at + words.size());
  const auto end = event.find('"');
  return end == std::string_view::npos ? std::string_view() : event.substr(0, end);
}

std::string last_policy_in(std::string_view channel) {
  std::string policy;
  walk_messages(channel, {2, 3, 3}, [&](std::string_view bytes) {
    grpc_messages::ChannelTraceEvent event;
    if (!parse_message(bytes, event)) return;
    const std::string_view told = policy_in(event.description());
    if (!told.empty()) policy = printable_sample(told);
  });
  return policy;
}

// Of a list of addresses that is too long those that are whole: half of one would be another one.
std::string_view bounded_target(std::string_view target) {
  if (target.size() <= limits::channelz_target_bytes) return target;
  // The byte behind the bound tells whether the address before it is whole.
  const std::size_t comma = target.substr(0, limits::channelz_target_bytes + 1).rfind(',');
  return target.substr(0, std::min(comma, limits::channelz_target_bytes));
}

std::optional<ChannelzChannel> channel_in(std::string_view bytes) {
  grpc_messages::Channel told;
  if (!parse_message(bytes, told)) return std::nullopt;
  const auto counts = counts_of(told.data());
  // Either kind of element has a reference of its own kind.
  const std::int64_t id = std::max(told.ref().channel_id(), told.ref().subchannel_id());
  if (!counts || id <= 0) return std::nullopt;
  ChannelzChannel channel;
  channel.id = static_cast<std::uint64_t>(id);
  channel.created = seconds_of(told.data().trace().creation_timestamp());
  channel.target = bounded_target(told.data().target());
  channel.state = state_of(told.data().state().state());
  channel.calls = *counts;
  channel.policy = last_policy_in(bytes);
  using grpc_messages::Ref;
  std::uint64_t passed_over = 0;  // of sockets no more is asked than how many there are
  std::uint64_t& left_out = channel.left_out;
  const bool whole = read_refs(bytes, 3, &Ref::channel_id, channel.channels, left_out) &&
                     read_refs(bytes, 4, &Ref::subchannel_id, channel.subchannels, left_out) &&
                     read_refs(bytes, 5, &Ref::socket_id, channel.sockets, passed_over);
  return whole ? std::optional(std::move(channel)) : std::nullopt;
}

std::optional<ChannelzServer> server_in(std::string_view bytes) {
  grpc_messages::Server told;
  if (!parse_message(bytes, told)) return std::nullopt;
  const auto counts = counts_of(told.data());
  if (!counts || told.ref().server_id() <= 0) return std::nullopt;
  return ChannelzServer{static_cast<std::uint64_t>(told.ref().server_id()),
                        seconds_of(told.data().trace().creation_timestamp()), *counts};
}

std::optional<std::uint64_t> socket_ref_in(std::string_view bytes) {
  grpc_messages::Ref ref;
  if (!parse_message(bytes, ref) || ref.socket_id() <= 0) return std::nullopt;
  return static_cast<std::uint64_t>(ref.socket_id());
}

// All pages are alike: elements in field 1, and whether it is the last.
template <class Element>
Result<ChannelzPage<Element>> read_page(std::string_view answer,
                                        std::optional<Element> (*element_in)(std::string_view)) {
  grpc_messages::PageResponse told;
  if (!parse_message(answer, told)) return no_answer;
  ChannelzPage<Element> page;
  page.end = told.end();
  const bool whole = walk_messages(answer, {1}, [&](std::string_view bytes) {
    const bool was_asked_for = page.elements.size() + page.unreadable < limits::channelz_page;
    auto element = was_asked_for ? element_in(bytes) : std::nullopt;
    if (element) {
      page.elements.push_back(*std::move(element));
    } else {
      ++page.unreadable;
    }
  });
  if (!whole) return no_answer;
  return page;
}

// What the answer about one element holds.
std::string_view sole_element(std::string_view answer) {
  std::string_view element;
  walk_messages(answer, {1}, [&](std::string_view bytes) { element = bytes; });
  return element;
}

}  // namespace

std::string_view channelz_path(ChannelzCall call) { return paths[static_cast<std::size_t>(call)]; }

std::string channelz_page_question(std::uint64_t from) {
  grpc_messages::FirstPageRequest request;
  request.set_start_id(static_cast<std::int64_t>(from));
  request.set_max_results(limits::channelz_page);
  return request.SerializeAsString();
}

std::string server_sockets_question(std::uint64_t server, std::uint64_t from) {
  grpc_messages::ServerSocketsRequest request;
  request.set_server_id(static_cast<std::int64_t>(server));
  request.set_start_socket_id(static_cast<std::int64_t>(from));
  request.set_max_results(limits::channelz_page);
  return request.SerializeAsString();
}

std::string channelz_one_question(std::uint64_t id) {
  grpc_messages::OneRequest request;
  request.set_id(static_cast<std::int64_t>(id));
  return request.SerializeAsString();
}

Result<ChannelzPage<ChannelzChannel>> read_top_channels(std::string_view answer) {
  return read_page<ChannelzChannel>(answer, channel_in);
}

Result<ChannelzPage<ChannelzServer>> read_servers(std::string_view answer) {
  return read_page<ChannelzServer>(answer, server_in);
}

Result<ChannelzPage<std::uint64_t>> read_server_sockets(std::string_view answer) {
  return read_page<std::uint64_t>(answer, socket_ref_in);
}

Result<ChannelzChannel> read_channel(std::string_view answer) {
  auto channel = channel_in(sole_element(answer));
  if (!channel) return no_answer;
  return *std::move(channel);
}

Result<ChannelzSocket> read_socket(std::string_view answer) {
  grpc_messages::Socket told;
  if (!parse_message(sole_element(answer), told)) return no_answer;
  if (told.ref().socket_id() <= 0 || told.data().streams_started() < 0) return no_answer;
  return ChannelzSocket{static_cast<std::uint64_t>(told.ref().socket_id()),
                        static_cast<std::uint64_t>(told.data().streams_started())};
}

}  // namespace mesh
