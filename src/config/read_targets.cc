// Targets one by one; what two of them may not share is remembered on the way.
#include "config/read_targets.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/nearest_word.h"
#include "base/quoted.h"
#include "config/read_cgroup.h"
#include "config/read_grpc_server.h"
#include "config/read_issuer.h"
#include "config/read_label.h"
#include "config/read_tls_port.h"
#include "config/url.h"
#include "config/yaml_tree.h"

namespace mesh {
namespace {

constexpr std::array<std::string_view, 12> target_keys{"name",
                                                       "namespace",
                                                       "workload",
                                                       "mesh",
                                                       "admin",
                                                       "metrics",
                                                       "issuer",
                                                       "rotation_point",
                                                       "inbound",
                                                       "cgroup",
                                                       "network_namespace",
                                                       "grpc"};

// "http://h:1/…" where variables stand for something in it: in a path that is as often a secret.
std::string without_path(std::string_view url, const Field& field) {
  const auto scheme = url.find("://");
  const auto path = url.find('/', scheme == url.npos ? 0 : scheme + 3);
  const bool as_written = url == field.node->text;
  if (as_written || scheme == url.npos || path == url.npos) return std::string(url);
  return std::string(url.substr(0, path + 1)) + "…";
}

// Gives the URL itself; nothing if it cannot be read.
template <class Parsed>
std::optional<Expanded> read_url(const Fields& fields, std::string_view key,
                                 std::string_view expected,
                                 Result<Parsed> (*parse)(std::string_view),
                                 std::optional<Parsed>& out) {
  const auto place = fields.find(key);
  auto url = place ? fields.expanded(*place, expected) : std::nullopt;
  if (!url) return std::nullopt;
  auto parsed = parse(url->text);
  if (!parsed) {
    fields.complain(*place, without_path(url->text, *place), parsed.error().message, expected);
    return std::nullopt;
  }
  out = std::move(*parsed);
  return url;
}

// A variable in the host's name is seen, as in all else that is configured.
void read_metrics(const Fields& fields, std::optional<HttpEndpoint>& out) {
  const auto url = read_url(fields, "metrics", "http://HOST:PORT/PATH", &parse_metrics_url, out);
  if (!url) return;
  const std::size_t path = url->text.size() - out->path.size();
  std::string shown = "/" + without_values(*url, path + 1);
  if (shown != out->path) out->shown = std::move(shown);
}

// What the targets above have taken.
struct Taken {
  std::map<std::string, Position> names;                         // by target_id
  std::map<std::string, std::pair<std::string, int>> addresses;  // what is asked → who, line
};

void take_name(const Fields& fields, const Target& target, Taken& taken) {
  const Field place = *fields.find("name");
  const auto [first, added] = taken.names.emplace(target_id(target), place.at);
  if (added) return;
  fields.complain(place, target.pod,
                  "is taken by the target in line " + std::to_string(first->second.line),
                  "a name that is unique in its namespace");
}

// The one door at which targets of this mesh are asked; "" if there are several.
std::string_view door_of(std::string_view mesh, const Reading& reading) {
  const auto& doors = reading.context.sole_doors;
  const auto found = std::ranges::find(doors, mesh, &SoleDoor::mesh);
  return found != doors.end() ? found->door : std::string_view();
}

// The same, of the two doors that this target has; "" where both are used, or only one is there.
std::string_view sole_door(const Target& target, const Reading& reading) {
  const bool several = target.admin && target.metrics;
  return several ? door_of(target.mesh, reading) : std::string_view();
}

// A port for gRPC calls is the only door of some meshes, and none of the others.
void read_grpc(const Fields& fields, const Reading& reading, Target& target) {
  target.grpc = read_grpc_server(fields, reading);
  const bool by_calls = door_of(target.mesh, reading) == "grpc";
  for (const std::string_view door : {"admin", "metrics", "grpc"}) {
    if (!fields.has(door) || (door == "grpc") == by_calls) continue;
    const Field place = *fields.find(door);
    fields.complain(place, "a target of mesh " + target.mesh + " is not asked there; expected " +
                               (by_calls ? "\"grpc\" only" : "\"admin\" or \"metrics\""));
  }
  if (by_calls && !fields.has("grpc")) {
    fields.complain(fields.self(),
                    "the key \"grpc\" is missing; expected HOST:PORT, where the "
                    "application takes gRPC calls");
  }
}

void warn_of_unused_door(const Fields& fields, const Target& target, const Reading& reading) {
  const std::string_view used = sole_door(target, reading);
  if (used.empty()) return;
  const Field place = *fields.find(used == "admin" ? "metrics" : "admin");
  std::string what = "warning: " + place.path + ": a target of mesh " + target.mesh;
  reading.warnings.add(place.at, what + " is asked at its " + std::string(used) +
                                     " only, if it has both; this is never used");
}

// A Unix socket is found by its path, whatever network the process is in.
void warn_of_unused_namespace(const Fields& fields, const Target& target, const Reading& reading) {
  const bool has_port = target.metrics || (target.admin && !target.admin->is_unix());
  if (target.network_namespace.empty() || has_port) return;
  const Field place = *fields.find("network_namespace");
  reading.warnings.add(
      place.at, "warning: " + place.path + ": a Unix socket is in no network; this is never used");
}

// Both targets are asked, and all sums over them are twice what happened. It is no error: a
// migration from one name to another may want it for an hour.
void take_address(const Fields& fields, const Target& target, const Reading& reading,
                  Taken& taken) {
  if (first_door(target).empty()) return;
  const bool by_page = target.metrics && (!target.admin || sole_door(target, reading) == "metrics");
  const Field place = *fields.find(by_page ? "metrics" : target.admin ? "admin" : "grpc");
  std::string asked = first_door(target), shown = asked;
  if (by_page) {
    asked = to_string(target.metrics->address) + where_else(target) + target.metrics->path;
    shown = to_string(target.metrics->address) + shown_path(*target.metrics) + where_else(target);
  }
  // A page that is merged of the proxy's and the application's tells of each only once.
  const std::string merged = is_application(target.mesh) ? " (app)" : "";
  const std::string who = in_quotes(target_id(target));
  const auto [first, added] =
      taken.addresses.emplace(asked + merged, std::pair(who, place.at.line));
  if (added) return;
  const auto& [other, line] = first->second;
  std::string what = "warning: " + place.path + ": " + who + " is asked at " + in_quotes(shown);
  what += ", as is " + other + " in line " + std::to_string(line);
  reading.warnings.add(place.at, what + "; what happens there is counted under both names");
}

void read_target(const Field& field, const Reading& reading, Taken& taken) {
  const Fields fields = reading.fields(field, target_keys);
  if (field.node->kind == YamlNode::Kind::null) {
    fields.complain(field, "no value; expected the keys " + one_of(target_keys));
  }
  if (field.node->kind != YamlNode::Kind::map) return;
  Target target;
  const auto name = read_name(fields, "name");
  const auto ns = read_name(fields, "namespace");
  target.pod = name.value_or("");
  target.ns = ns.value_or("");
  target.workload = read_label(fields, "workload").value_or("");
  if (const auto mesh = fields.text("mesh", one_of(reading.context.meshes))) {
    if (fields.is_one_of(*fields.find("mesh"), *mesh, reading.context.meshes)) target.mesh = *mesh;
  }
  target.issuer = read_issuer(fields, reading);
  target.rotation_point = fields.share("rotation_point");
  read_url(fields, "admin", "http://HOST:PORT or unix:/PATH", &parse_admin_url, target.admin);
  read_metrics(fields, target.metrics);
  target.inbound = read_inbound(fields, reading, target.mesh);
  target.cgroup = read_cgroup(fields).value_or("");
  target.network_namespace = read_network_namespace(fields).value_or("");

  if (!fields.has("name")) {
    fields.complain(field, "the key \"name\" is missing; expected a name for this target");
  } else if (name && name->empty()) {
    fields.complain(*fields.find("name"), *name, "is empty", "a name for this target");
  } else if (name && (ns || !fields.has("namespace"))) {
    take_name(fields, target, taken);
  }
  read_grpc(fields, reading, target);
  if (!fields.has("admin") && !fields.has("metrics") && door_of(target.mesh, reading) != "grpc") {
    fields.complain(field, "neither \"admin\" nor \"metrics\"; expected where to ask this target");
  }
  warn_of_unused_door(fields, target, reading);
  warn_of_unused_namespace(fields, target, reading);
  take_address(fields, target, reading, taken);
  reading.config.targets.push_back(std::move(target));
}

}  // namespace

void read_targets(const std::vector<Field>& fields, const Reading& reading) {
  Taken taken;
  for (const Field& field : fields) {
    if (reading.problems.full()) return;
    read_target(field, reading, taken);
  }
}

}  // namespace mesh
