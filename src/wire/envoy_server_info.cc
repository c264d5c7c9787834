// The few fields of /server_info that identify a proxy. Envoy prints every field here, also those
// with default values, so a missing one means a body from something else or an older version.
#include "wire/envoy_server_info.h"

#include <simdjson.h>

#include <limits>
#include <optional>

#include "base/text.h"

namespace mesh {
namespace {

using simdjson::dom::element;

std::string text_at(const element& root, std::string_view pointer) {
  std::string_view text;
  if (root.at_pointer(pointer).get(text)) return {};
  return std::string(text);
}

// A state that this program does not know is taken for live: the proxy answers, after all.
ProxyState parse_state(std::string_view name) {
  if (name == "DRAINING") return ProxyState::draining;
  if (name == "PRE_INITIALIZING") return ProxyState::pre_initializing;
  if (name == "INITIALIZING") return ProxyState::initializing;
  return ProxyState::live;
}

// "15s" or, should a proxy ever print a fraction, "15.25s": whole seconds, floored.
std::optional<std::chrono::seconds> parse_uptime(std::string_view text) {
  if (!text.ends_with('s')) return std::nullopt;
  text.remove_suffix(1);
  const std::size_t point = text.find('.');
  if (point != std::string_view::npos && !parse_u64(text.substr(point + 1))) return std::nullopt;
  const std::optional<std::uint64_t> whole = parse_u64(text.substr(0, point));
  // Protobuf's Duration ends at 10 000 years; beyond it sums with a clock would overflow.
  constexpr std::uint64_t longest = 315'576'000'000;
  if (!whole || *whole > longest) return std::nullopt;
  return std::chrono::seconds(*whole);
}

// "<commit>/<version>/<rest>" → version, and commit/rest as build.
void parse_version(std::string_view text, EnvoyServerInfo& into) {
  const std::size_t first = text.find('/');
  if (first == std::string_view::npos) {
    into.version = text;
    return;
  }
  const std::size_t second = text.find('/', first + 1);
  into.version = text.substr(first + 1, second - first - 1);  // to the end if there is no second
  into.build = text.substr(0, first);
  if (second != std::string_view::npos) into.build += text.substr(second);
}

}  // namespace

Result<EnvoyServerInfo> parse_envoy_server_info(std::string_view body) {
  if (body.empty()) return Error{"server_info is empty"};  // perhaps a null view: no memcpy from it
  simdjson::dom::parser parser;
  element root;
  // Copies the body into a padded buffer of its own: a view has no room behind it.
  if (const auto error = parser.parse(body.data(), body.size()).get(root)) {
    return Error{std::string("server_info is no JSON: ") + simdjson::error_message(error)};
  }
  if (!root.is_object()) return Error{"server_info is no JSON object"};

  const std::string uptime_text = text_at(root, "/uptime_current_epoch");
  const std::optional<std::chrono::seconds> uptime = parse_uptime(uptime_text);
  if (!uptime) {
    return Error{"server_info has no readable uptime_current_epoch: \"" +
                 printable_sample(uptime_text) + "\""};
  }
  EnvoyServerInfo info;
  info.uptime = *uptime;
  info.state = parse_state(text_at(root, "/state"));
  parse_version(text_at(root, "/version"), info);
  info.node_id = text_at(root, "/node/id");
  info.node_cluster = text_at(root, "/node/cluster");
  simdjson::dom::object metadata;
  if (!root.at_pointer("/node/metadata").get(metadata)) {
    for (const auto field : metadata) info.node_metadata.emplace_back(field.key);
  }
  info.mesh_version = text_at(root, "/node/metadata/ISTIO_VERSION");
  std::uint64_t epoch = 0;
  if (!root.at_pointer("/command_line_options/restart_epoch").get(epoch))
    info.restart_epoch = epoch;
  return info;
}

}  // namespace mesh
