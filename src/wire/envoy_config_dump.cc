// /config_dump is protobuf's JSON: fields of default value are left out, wrapped numbers are plain,
// 64-bit numbers are strings, durations "0.250s", and Any has its type in "@type". With `resource=`
// the list `configs` holds the things themselves, without it what they are gathered in.
#include "wire/envoy_config_dump.h"

#include <simdjson.h>

#include <algorithm>
#include <initializer_list>
#include <utility>

#include "base/text.h"
#include "wire/envoy_cors.h"
#include "wire/json_fields.h"

namespace mesh {
namespace {

using simdjson::dom::element;

// Reads fields and remembers the first that is there and makes no sense.
class Reader {
 public:
  std::string_view wrong() const { return wrong_; }

  // Nothing if it is missing.
  std::optional<std::uint64_t> number(const element& object, std::string_view key) {
    element field;
    if (object[key].get(field)) return std::nullopt;
    const std::optional<std::uint64_t> value = number_in(object, key, 0);
    if (!value) complain(key);
    return value;
  }

  // "10s", "0.250s" in milliseconds.
  std::optional<std::uint64_t> duration(const element& object, std::string_view key) {
    element field;
    if (object[key].get(field)) return std::nullopt;
    const std::string_view text = text_in(object, key);
    const std::optional<double> seconds =
        text.ends_with('s') ? parse_double(text.substr(0, text.size() - 1)) : std::nullopt;
    // A duration of protobuf has at most 315 576 000 000 s.
    if (!seconds || !(*seconds >= 0) || !(*seconds <= 315'576'000'000)) {
      complain(key);
      return std::nullopt;
    }
    return static_cast<std::uint64_t>(*seconds * 1000);
  }

 private:
  void complain(std::string_view key) {
    if (wrong_.empty()) wrong_ = key;
  }

  std::string_view wrong_;
};

void take(std::optional<std::uint64_t>& into, std::optional<std::uint64_t> value) {
  if (value) into = value;
}

void read_http2(const element& options, EnvoyHttp2Settings& into, Reader& reader) {
  element http2;
  if (options["http2_protocol_options"].get(http2)) return;
  take(into.max_concurrent_streams, reader.number(http2, "max_concurrent_streams"));
  take(into.initial_stream_window_size, reader.number(http2, "initial_stream_window_size"));
  take(into.initial_connection_window_size, reader.number(http2, "initial_connection_window_size"));
}

void read_common(const element& options, EnvoyClusterSettings& into, Reader& reader) {
  element common;
  if (options["common_http_protocol_options"].get(common)) return;
  take(into.max_requests_per_connection, reader.number(common, "max_requests_per_connection"));
  take(into.max_connection_duration_ms, reader.duration(common, "max_connection_duration"));
}

void read_protocol(const element& cluster, EnvoyClusterSettings& into, Reader& reader) {
  // The old places first: what stands in the new one counts.
  take(into.max_requests_per_connection, reader.number(cluster, "max_requests_per_connection"));
  read_common(cluster, into, reader);
  read_http2(cluster, into.http2, reader);
  element extensions, options;
  if (cluster["typed_extension_protocol_options"].get(extensions) ||
      extensions["envoy.extensions.upstreams.http.v3.HttpProtocolOptions"].get(options)) {
    return;
  }
  read_common(options, into, reader);
  for (const std::string_view way :
       {"explicit_http_config", "use_downstream_protocol_config", "auto_config"}) {
    element chosen;
    if (!options[way].get(chosen)) read_http2(chosen, into.http2, reader);
  }
}

void read_breakers(const element& cluster, EnvoyClusterSettings& into, Reader& reader) {
  element breakers;
  simdjson::dom::array thresholds;
  if (cluster["circuit_breakers"].get(breakers) || breakers["thresholds"].get(thresholds)) return;
  for (const element one : thresholds) {
    const std::string_view priority = text_in(one, "priority");
    if (!priority.empty() && priority != "DEFAULT") continue;
    take(into.max_connections, reader.number(one, "max_connections"));
    take(into.max_pending_requests, reader.number(one, "max_pending_requests"));
    take(into.max_requests, reader.number(one, "max_requests"));
  }
}

bool weighs_localities(const element& cluster) {
  element common, weighted, policy;
  if (!cluster["common_lb_config"].get(common) &&
      !common["locality_weighted_lb_config"].get(weighted)) {
    return true;
  }
  simdjson::dom::array policies;
  if (cluster["load_balancing_policy"].get(policy) || policy["policies"].get(policies)) {
    return false;
  }
  // The first that the proxy knows; it knows this one.
  for (const element one : policies) {
    element extension;
    if (one["typed_extension_config"].get(extension)) continue;
    return text_in(extension, "name") == "envoy.load_balancing_policies.wrr_locality";
  }
  return false;
}

void read_cluster(const element& cluster, EnvoyConfigDump& into, Unreadables& unreadables) {
  EnvoyClusterSettings settings;
  settings.name = text_in(cluster, "name");
  if (settings.name.empty()) return unreadables.add("a cluster without a name");
  Reader reader;
  settings.connect_timeout_ms = reader.duration(cluster, "connect_timeout");
  element detection;
  settings.outlier_detection = !cluster["outlier_detection"].get(detection);
  settings.weighs_localities = weighs_localities(cluster);
  read_protocol(cluster, settings, reader);
  read_breakers(cluster, settings, reader);
  if (!reader.wrong().empty()) {
    return unreadables.add(std::string(reader.wrong()) + " of cluster " + settings.name);
  }
  into.clusters.push_back(std::move(settings));
}

std::string name_of(const element& listener) {
  std::string name(text_in(listener, "name"));
  element address, socket;
  if (!name.empty() || listener["address"].get(address) || address["socket_address"].get(socket)) {
    return name;
  }
  const std::optional<std::uint64_t> port = number_in(socket, "port_value", 0);
  return std::string(text_in(socket, "address")) + ":" + std::to_string(port.value_or(0));
}

void read_filters(const element& manager, EnvoyManagerSettings& into) {
  simdjson::dom::array filters;
  if (manager["http_filters"].get(filters)) return;
  for (const element filter : filters) {
    element config;
    if (filter["typed_config"].get(config)) continue;
    const std::string_view type = text_in(config, "@type");
    into.grpc_web |= type.ends_with(".http.grpc_web.v3.GrpcWeb");
    into.cors |= type.ends_with(".http.cors.v3.Cors");
  }
}

void read_manager(const element& manager, const std::string& listener, EnvoyConfigDump& into,
                  Unreadables& unreadables) {
  EnvoyManagerSettings settings;
  settings.listener = listener;
  settings.stat_prefix = text_in(manager, "stat_prefix");
  Reader reader;
  read_http2(manager, settings.http2, reader);
  read_filters(manager, settings);
  element rds, routes;
  if (!manager["rds"].get(rds)) settings.routes = text_in(rds, "route_config_name");
  if (!manager["route_config"].get(routes)) settings.policies = cors_policies_of(routes);
  if (!reader.wrong().empty()) {
    return unreadables.add(std::string(reader.wrong()) + " of listener " + listener);
  }
  into.managers.push_back(std::move(settings));
}

void read_chain(const element& chain, const std::string& listener, EnvoyConfigDump& into,
                Unreadables& unreadables) {
  simdjson::dom::array filters;
  if (chain["filters"].get(filters)) return;
  for (const element filter : filters) {
    element config;
    if (filter["typed_config"].get(config)) continue;
    if (!text_in(config, "@type").ends_with(".v3.HttpConnectionManager")) continue;
    read_manager(config, listener, into, unreadables);
  }
}

void read_listener(const element& listener, EnvoyConfigDump& into, Unreadables& unreadables) {
  const std::string name = name_of(listener);
  simdjson::dom::array chains;
  if (!listener["filter_chains"].get(chains)) {
    for (const element chain : chains) read_chain(chain, name, into, unreadables);
  }
  element otherwise;
  if (!listener["default_filter_chain"].get(otherwise)) {
    read_chain(otherwise, name, into, unreadables);
  }
}

// Whatever of `entry` is a cluster, a listener or a route table.
void read_entry(const element& entry, EnvoyConfigDump& into, Unreadables& unreadables) {
  element thing, state;
  if (!entry["cluster"].get(thing)) read_cluster(thing, into, unreadables);
  if (!entry["listener"].get(thing)) read_listener(thing, into, unreadables);
  if (!entry["active_state"].get(state) && !state["listener"].get(thing)) {
    read_listener(thing, into, unreadables);
  }
  if (!entry["route_config"].get(thing)) {
    into.routes.push_back({std::string(text_in(thing, "name")), cors_policies_of(thing)});
  }
}

}  // namespace

Result<EnvoyConfigDump> parse_envoy_config_dump(std::string_view body) {
  if (body.empty()) return Error{"config_dump is empty"};  // perhaps a null view: no memcpy from it
  simdjson::dom::parser parser;
  simdjson::dom::object root;
  // Copies the body into a padded buffer of its own: a view has no room behind it.
  if (const auto error = parser.parse(body.data(), body.size()).get(root)) {
    return Error{std::string("config_dump is no JSON object: ") + simdjson::error_message(error)};
  }
  EnvoyConfigDump dump;
  element field;
  if (root["configs"].get(field)) return dump;
  simdjson::dom::array configs;
  if (field.get(configs)) return Error{"config_dump: `configs` is no array"};
  Unreadables unreadables;
  for (const element config : configs) {
    read_entry(config, dump, unreadables);
    for (const std::string_view list :
         {"static_clusters", "dynamic_active_clusters", "static_listeners", "dynamic_listeners",
          "dynamic_route_configs"}) {
      simdjson::dom::array entries;
      if (config[list].get(entries)) continue;
      for (const element entry : entries) read_entry(entry, dump, unreadables);
    }
  }
  dump.unreadable = unreadables.count();
  dump.unreadable_sample = unreadables.sample();
  return dump;
}

}  // namespace mesh
