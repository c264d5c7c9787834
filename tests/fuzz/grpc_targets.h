// Fuzz targets for what a gRPC server says of itself: health, reflection, channelz and the status
// of its xDS client.
#pragma once

#include <algorithm>
#include <array>
#include <string_view>

#include "base/limits.h"
#include "fuzz/promise.h"
#include "wire/grpc_channelz.h"
#include "wire/grpc_csds.h"
#include "wire/grpc_health.h"
#include "wire/grpc_reflection.h"
#include "wire/proto_walk.h"

namespace mesh::fuzz {

template <class Value>
const Value* value_of(const Result<Value>& result) {
  if (result) return &*result;
  promise(!result.error().message.empty(), "an error has words");
  return nullptr;
}

inline void grpc_reflection(std::string_view input) {
  const auto listed = read_listed_services(input);
  if (const ListedServices* list = value_of(listed)) {
    promise(list->names.size() <= limits::reflected_services, "services are bounded");
    for (const std::string& name : list->names) promise(is_grpc_name(name), "services have names");
  }
  const auto methods = read_service_methods(input, "user.v1.UserService");
  if (const auto* list = value_of(methods)) {
    promise(list->size() <= limits::reflected_methods, "methods are bounded");
    for (const ServiceMethod& one : *list) promise(is_grpc_name(one.name), "methods have names");
  }
}

inline void promise_channel(const ChannelzChannel& channel) {
  promise(channel.id > 0, "channels have ids");
  promise(channel.target.size() <= limits::channelz_target_bytes, "targets are bounded");
  promise(channel.policy.size() <= limits::grpc_name_bytes, "policies are short");
  for (const auto* ids : {&channel.channels, &channel.subchannels, &channel.sockets}) {
    promise(ids->size() <= limits::channelz_questions_per_poll, "references are bounded");
    promise(std::ranges::adjacent_find(*ids) == ids->end(), "each reference is there once");
  }
}

template <class Element>
const std::vector<Element>& elements_of(const Result<ChannelzPage<Element>>& page) {
  static const std::vector<Element> none;
  const auto* told = value_of(page);
  if (!told) return none;
  promise(told->elements.size() <= limits::channelz_page, "pages are bounded");
  return told->elements;
}

inline void grpc_channelz(std::string_view input) {
  const auto channels = read_top_channels(input);
  for (const ChannelzChannel& one : elements_of(channels)) promise_channel(one);
  const auto servers = read_servers(input);
  for (const ChannelzServer& one : elements_of(servers)) promise(one.id > 0, "servers have ids");
  const auto sockets = read_server_sockets(input);
  for (const std::uint64_t id : elements_of(sockets)) promise(id > 0, "sockets have ids");
  const auto socket = read_socket(input);
  if (const auto* one = value_of(socket)) promise(one->id > 0, "sockets have ids");
  const auto channel = read_channel(input);
  if (const auto* one = value_of(channel)) promise_channel(*one);
}

inline void grpc_csds(std::string_view input) {
  const auto status = read_client_status(input);
  const ClientStatus* told = value_of(status);
  if (!told) return;
  promise(told->resources.size() <= limits::config_resources_per_target, "resources are bounded");
  for (const XdsResource& one : told->resources) {
    promise(!one.type.empty(), "resources have types");
    for (const char c : one.details) promise(c >= 0x20 && c < 0x7F, "details are printable");
  }
}

inline void grpc_health(std::string_view input) {
  const auto status = parse_health_check_response(input);
  const bool of_health = !status || *status == HealthStatus::serving ||
                         *status == HealthStatus::not_serving || *status == HealthStatus::unknown ||
                         *status == HealthStatus::service_unknown;
  promise(of_health, "a server tells no status of ours");
}

inline void proto_walk(std::string_view input) {
  std::size_t bytes = 0;
  walk_messages(input, {1}, [&](std::string_view element) { bytes += element.size(); });
  promise(bytes <= input.size(), "elements hold no more than the message");
}

inline constexpr std::array<Target, 5> grpc_targets{{
    {"grpc_reflection", grpc_reflection},
    {"grpc_channelz", grpc_channelz},
    {"grpc_csds", grpc_csds},
    {"grpc_health", grpc_health},
    {"proto_walk", proto_walk},
}};

}  // namespace mesh::fuzz
