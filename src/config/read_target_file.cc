// Groups one by one; see read_target_file.h.
#include "config/read_target_file.h"

#include <array>
#include <optional>
#include <string>
#include <utility>

#include "base/host_port.h"
#include "base/limits.h"
#include "base/nearest_word.h"
#include "base/quoted.h"
#include "config/fields.h"
#include "config/read_issuer.h"
#include "config/read_label.h"
#include "config/reading.h"

namespace mesh {
namespace {

constexpr std::array<std::string_view, 2> group_keys{"targets", "labels"};
constexpr std::string_view path_label = "__metrics_path__", scheme_label = "__scheme__";
constexpr std::string_view an_address = "HOST:PORT";

// The labels of a group, and what they say of each of its targets.
struct Labels {
  Target common;
  std::string path;  // "": the addresses are those of admin ports
  bool readable = true;
};

bool read_path(const Fields& fields, Labels& labels) {
  const auto path = fields.text(path_label, "a path such as /metrics");
  if (path && !path->starts_with('/')) {
    fields.complain(*fields.find(path_label), *path, "is no path", "one that begins with a slash");
    return false;
  }
  labels.path = path.value_or("");
  const auto scheme = fields.text(scheme_label, "http");
  if (!scheme || *scheme == "http") return true;
  fields.complain(*fields.find(scheme_label), *scheme, "is not supported", "http");
  return false;
}

Labels read_labels(const Fields& group, const Reading& reading) {
  Labels labels;
  const auto field = group.find("labels");
  if (!field) return labels;
  const Fields fields(*field, reading.context.environment, reading.problems);
  Target& common = labels.common;
  if (const auto mesh = fields.text("mesh", one_of(reading.context.meshes))) {
    labels.readable = fields.is_one_of(*fields.find("mesh"), *mesh, reading.context.meshes);
    common.mesh = *mesh;
  }
  const auto name = [&](std::string_view key, auto read, std::string& out) {
    auto value = read(fields, key);
    labels.readable = labels.readable && (value || !fields.has(key));
    out = std::move(value).value_or("");
  };
  name("namespace", read_name, common.ns);
  name("pod", read_name, common.pod);
  name("workload", read_label, common.workload);
  common.issuer = read_issuer(fields, reading);
  labels.readable = read_path(fields, labels) && labels.readable;
  return labels;
}

std::optional<Target> read_address(const Fields& fields, const Field& field, const Labels& labels) {
  const auto text = fields.text(field, an_address);
  if (!text) return std::nullopt;
  Result<HostPort> parsed = parse_host_port(*text, 1);
  if (!parsed || parsed->host.empty()) {
    fields.complain(field, *text, parsed ? "has no host" : parsed.error().message, an_address);
    return std::nullopt;
  }
  const Address address{std::move(parsed->host), parsed->port, {}};
  Target target = labels.common;
  if (target.pod.empty()) target.pod = *text;
  if (labels.path.empty()) {
    target.admin = address;
  } else {
    target.metrics = HttpEndpoint{address, labels.path};
  }
  return target;
}

void read_group(const Field& field, const Reading& reading, std::vector<Target>& targets) {
  const Fields fields = reading.fields(field, group_keys);
  if (field.node->kind != YamlNode::Kind::map) return;
  const auto addresses = fields.list("targets", "a list of addresses");
  if (!addresses && !fields.has("targets")) {
    fields.complain(field, "the key \"targets\" is missing; expected a list of addresses");
  }
  const Labels labels = read_labels(fields, reading);
  if (!addresses || !labels.readable) return;
  if (addresses->size() > 1 && !labels.common.pod.empty()) {
    fields.complain(*fields.find("labels"),
                    "one pod for several targets; expected a group for each of them");
    return;
  }
  for (const Field& address : *addresses) {
    if (reading.problems.full()) return;
    if (targets.size() == limits::targets_per_file) {
      fields.complain(address, "more targets than the " + std::to_string(targets.size()) +
                                   " that are read of a file; expected several files");
      return;
    }
    if (auto target = read_address(fields, address, labels)) targets.push_back(std::move(*target));
  }
}

}  // namespace

TargetFile read_target_file(std::string_view text, std::string_view file_name,
                            const ConfigContext& context) {
  TargetFile file;
  Problems problems, warnings;
  Config unused;
  const YamlTree tree = parse_yaml(text, problems);
  // An empty list is one; a file that is empty is being written.
  file.whole = tree.root && tree.root->kind == YamlNode::Kind::list && problems.empty();
  if (file.whole) {
    const Reading reading{context, problems, warnings, unused};
    for (std::size_t i = 0; i < tree.root->items.size() && !problems.full(); ++i) {
      const YamlNode& group = *tree.root->items[i];
      read_group({&group, group.at, "[" + std::to_string(i) + "]"}, reading, file.targets);
    }
  } else if (problems.empty()) {
    problems.add({}, "no list of groups; expected such as [{\"targets\": [\"10.1.2.3:9901\"]}]");
  }
  if (!problems.empty()) file.problems = problems.to_errors(file_name);
  return file;
}

}  // namespace mesh
