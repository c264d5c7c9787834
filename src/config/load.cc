// The sections of the configuration file, one function each; which keys there are, their ranges and
// how they hang together is all here. Defaults are in config.h.
//
// A default follows what was written beside it: with `interval: 1s` alone the timeout is 1 s, not
// an error about the 5 s that nobody wrote.
#include "config/load.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <map>
#include <optional>
#include <system_error>
#include <utility>

#include "base/duration.h"
#include "base/limits.h"
#include "base/nearest_word.h"
#include "base/quoted.h"
#include "base/utf8.h"
#include "config/fields.h"
#include "config/url.h"

namespace mesh {
namespace {

using std::chrono::milliseconds;
using namespace std::chrono_literals;

constexpr std::array<std::string_view, 4> root_keys{"poll", "limits", "grpc", "targets"};
constexpr std::array<std::string_view, 5> poll_keys{"interval", "timeout", "window", "stale_after",
                                                    "parallel"};
constexpr std::array<std::string_view, 4> limits_keys{
    "methods_per_upstream", "upstreams_per_target", "endpoints_per_upstream", "body_bytes"};
constexpr std::array<std::string_view, 1> grpc_keys{"failure_codes"};
constexpr std::array<std::string_view, 6> target_keys{"name", "namespace", "workload",
                                                      "mesh", "admin",     "metrics"};

// Polling faster than this costs a proxy more than it tells; slower than a day is a typo.
constexpr DurationRange pace{100ms, 24h};
constexpr DurationRange memory{100ms, 7 * 24h};
constexpr CountRange parallel_range{1, 1'000};
constexpr CountRange names_range{1, 100'000};
constexpr CountRange body_range{1, 1u << 30};

constexpr std::size_t longest_name = 253;  // of Kubernetes' names; workloads keep to it, too

// Everything that the sections share.
struct Reading {
  const ConfigContext& context;
  Problems& problems;
  Config& config;

  Fields fields(Field field, std::span<const std::string_view> known) const {
    return Fields(std::move(field), known, context.environment, problems);
  }
};

// Reads one duration that may not be below or above the interval.
void relate(const Fields& fields, std::string_view key, milliseconds value, bool wrong,
            std::string_view relation, milliseconds interval) {
  if (!wrong) return;
  fields.complain(*fields.find(key), format_duration(value),
                  std::string("is ") + std::string(relation) + " the interval",
                  "it not to be " + std::string(relation) + " " + format_duration(interval));
}

void read_poll(const Field& field, const Reading& reading) {
  const Fields fields = reading.fields(field, poll_keys);
  PollConfig& poll = reading.config.poll;
  const auto interval = fields.duration("interval", pace);
  const auto timeout = fields.duration("timeout", pace);
  const auto window = fields.duration("window", memory);
  const auto stale_after = fields.duration("stale_after", memory);
  const auto parallel = fields.count("parallel", parallel_range);
  if (parallel) poll.parallel = static_cast<int>(*parallel);
  // Against an interval that was refused nothing can be held.
  if (fields.has("interval") && !interval) return;

  poll.interval = interval.value_or(poll.interval);
  poll.timeout = timeout.value_or(std::min(poll.timeout, poll.interval));
  poll.window = window.value_or(std::max(poll.window, 2 * poll.interval));
  poll.stale_after = stale_after.value_or(std::max(poll.stale_after, 2 * poll.interval));
  const auto too_short = [&](std::string_view key, const std::optional<milliseconds>& value) {
    relate(fields, key, value.value_or(0ms), value && *value < poll.interval, "below",
           poll.interval);
  };
  relate(fields, "timeout", poll.timeout, timeout && *timeout > poll.interval, "above",
         poll.interval);
  too_short("window", window);
  // What is seen every interval would come and go.
  too_short("stale_after", stale_after);
}

void read_limits(const Field& field, const Reading& reading) {
  const Fields fields = reading.fields(field, limits_keys);
  LimitsConfig& limits = reading.config.limits;
  const auto read = [&](std::string_view key, std::size_t& limit) {
    if (const auto count = fields.count(key, names_range)) limit = *count;
  };
  read("methods_per_upstream", limits.methods_per_upstream);
  read("upstreams_per_target", limits.upstreams_per_target);
  read("endpoints_per_upstream", limits.endpoints_per_upstream);
  if (const auto bytes = fields.bytes("body_bytes", body_range)) limits.body_bytes = *bytes;
}

// Complains unless `word` is one of `known`.
bool is_one_of(std::span<const std::string_view> known, const std::string& word,
               const Fields& fields, const Field& field) {
  if (std::ranges::find(known, word) != known.end()) return true;
  const auto nearest = nearest_word(word, known);
  fields.complain(
      field, word,
      nearest ? "is unknown; did you mean " + std::string(*nearest) + "?" : "is unknown",
      one_of(known));
  return false;
}

void read_grpc(const Field& field, const Reading& reading) {
  const Fields fields = reading.fields(field, grpc_keys);
  const auto elements = fields.list("failure_codes", "a list of gRPC status names");
  if (!elements) return;
  std::vector<std::string>& codes = reading.config.grpc.failure_codes;
  codes.clear();
  for (const Field& element : *elements) {
    if (reading.problems.full()) return;
    const auto code = fields.text(element, "a gRPC status name such as UNAVAILABLE");
    if (!code) continue;
    if (std::ranges::find(codes, *code) != codes.end()) {
      fields.complain(element, *code, "is there already", "each status once");
    } else if (*code == "OK") {
      fields.complain(element, *code, "is no failure", "the statuses that are");
    } else if (is_one_of(reading.context.grpc_codes, *code, fields, element)) {
      codes.push_back(*code);
    }
  }
}

// Reads a text that becomes a label value: it is shown in lists and logs, so it is one line.
std::optional<std::string> read_label(const Fields& fields, std::string_view key) {
  const std::string expected = "one line of up to 253 bytes";
  auto text = fields.text(key, expected);
  if (!text) return std::nullopt;
  bool printable = true;
  for (std::string_view rest = *text; !rest.empty();) {
    const Utf8Char c = first_utf8_char(rest);
    printable = printable && c.valid && is_printable(c.code_point);
    rest.remove_prefix(c.bytes);
  }
  std::string_view wrong;
  if (text->size() > longest_name) wrong = "is too long";
  if (!printable) wrong = "has characters that cannot be shown";
  if (text->starts_with(' ') || text->ends_with(' ')) wrong = "begins or ends with a space";
  if (wrong.empty()) return text;
  fields.complain(*fields.find(key), *text, wrong, expected);
  return std::nullopt;
}

// Reads a part of the name "namespace/name" by which targets are told apart.
std::optional<std::string> read_name(const Fields& fields, std::string_view key) {
  auto text = read_label(fields, key);
  if (!text || text->find('/') == std::string::npos) return text;
  fields.complain(*fields.find(key), *text, "has a slash", "a name without one");
  return std::nullopt;
}

template <class Parsed>
void read_url(const Fields& fields, std::string_view key, std::string_view expected,
              Result<Parsed> (*parse)(std::string_view), std::optional<Parsed>& out) {
  const auto url = fields.text(key, expected);
  if (!url) return;
  auto parsed = parse(*url);
  if (parsed) {
    out = std::move(*parsed);
  } else {
    fields.complain(*fields.find(key), *url, parsed.error().message, expected);
  }
}

// Where each target was named, by its id.
using NamedAt = std::map<std::string, Position>;

void read_target(const Field& field, const Reading& reading, NamedAt& named_at) {
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
    if (is_one_of(reading.context.meshes, *mesh, fields, *fields.find("mesh"))) target.mesh = *mesh;
  }
  read_url(fields, "admin", "http://HOST:PORT or unix:/PATH", &parse_admin_url, target.admin);
  read_url(fields, "metrics", "http://HOST:PORT/PATH", &parse_metrics_url, target.metrics);

  if (!fields.has("name")) {
    fields.complain(field, "the key \"name\" is missing; expected a name for this target");
  } else if (name && name->empty()) {
    fields.complain(*fields.find("name"), *name, "is empty", "a name for this target");
  } else if (name && (ns || !fields.has("namespace"))) {
    const Field place = *fields.find("name");
    const auto [first, added] = named_at.emplace(target_id(target), place.at);
    if (!added) {
      fields.complain(place, *name,
                      "is taken by the target in line " + std::to_string(first->second.line),
                      "a name that is unique in its namespace");
    }
  }
  if (!fields.has("admin") && !fields.has("metrics")) {
    fields.complain(field, "neither \"admin\" nor \"metrics\"; expected where to ask this target");
  }
  reading.config.targets.push_back(std::move(target));
}

void read_root(const YamlNode& root, const Reading& reading) {
  const Fields fields = reading.fields({&root, root.at, ""}, root_keys);
  if (const auto poll = fields.find("poll")) read_poll(*poll, reading);
  if (const auto limits = fields.find("limits")) read_limits(*limits, reading);
  if (const auto grpc = fields.find("grpc")) read_grpc(*grpc, reading);

  if (root.kind != YamlNode::Kind::map) return;
  if (!fields.has("targets")) {
    fields.complain(fields.self(), "the key \"targets\" is missing; expected a list of targets");
  }
  const auto targets = fields.list("targets", "a list of targets");
  if (!targets) return;
  if (targets->empty()) {
    fields.complain(*fields.find("targets"), "nothing to watch; expected at least one target");
  }
  NamedAt named_at;
  for (const Field& target : *targets) {
    if (reading.problems.full()) return;
    read_target(target, reading, named_at);
  }
}

}  // namespace

Result<Config, ConfigErrors> parse_config(std::string_view yaml, std::string_view file_name,
                                          const ConfigContext& context) {
  Problems problems;
  Config config;
  const YamlTree tree = parse_yaml(yaml, problems);
  const bool absent = tree.root == nullptr || tree.root->kind == YamlNode::Kind::null;
  if (!absent) read_root(*tree.root, {context, problems, config});
  if (absent && problems.empty()) {
    problems.add({}, "the file is empty; expected the key \"targets\" with a list of targets");
  }
  if (!problems.empty()) return problems.to_errors(file_name);
  return config;
}

Result<Config, ConfigErrors> load_config(const std::string& file_name,
                                         const ConfigContext& context) {
  const auto unreadable = [&](std::string_view why) {
    return ConfigErrors{Error{file_name + ": cannot be read: " + std::string(why)}};
  };
  errno = 0;
  std::ifstream file(file_name, std::ios::binary);
  if (!file) return unreadable(std::generic_category().message(errno));
  std::string yaml(limits::config_bytes + 1, '\0');
  file.read(yaml.data(), static_cast<std::streamsize>(yaml.size()));
  if (file.bad()) return unreadable(std::generic_category().message(errno));
  yaml.resize(static_cast<std::size_t>(file.gcount()));
  if (yaml.size() > limits::config_bytes) {
    return unreadable("larger than " + std::to_string(limits::config_bytes >> 20) + " MiB");
  }
  return parse_config(yaml, file_name, context);
}

}  // namespace mesh
