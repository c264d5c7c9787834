// The sections of the configuration file, one function each (the targets in read_targets.cc); which
// keys there are, their ranges and how they hang together is all here. Defaults are in config.h.
//
// A default follows what was written beside it: with `interval: 1s` alone the timeout is 1 s, not
// an error about the 5 s that nobody wrote.
#include "config/load.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <optional>
#include <system_error>
#include <utility>

#include "base/duration.h"
#include "base/limits.h"
#include "config/fields.h"
#include "config/read_certificates.h"
#include "config/read_cgroup.h"
#include "config/read_discovery.h"
#include "config/read_probes.h"
#include "config/read_targets.h"

namespace mesh {
namespace {

using std::chrono::milliseconds;
using namespace std::chrono_literals;

constexpr std::array<std::string_view, 10> root_keys{
    "poll",         "limits", "grpc",      "probes",      "balance",
    "certificates", "audit",  "discovery", "cgroup_root", "targets"};
constexpr std::array<std::string_view, 5> poll_keys{"interval", "timeout", "window", "stale_after",
                                                    "parallel"};
constexpr std::array<std::string_view, 4> limits_keys{
    "methods_per_upstream", "upstreams_per_target", "endpoints_per_upstream", "body_bytes"};
constexpr std::array<std::string_view, 1> grpc_keys{"failure_codes"};
constexpr std::array<std::string_view, 2> balance_keys{"imbalance_ratio", "effective_share"};

// What to write where there is nothing to watch.
constexpr std::string_view a_target =
    "at least one target, such as targets: [{name: users-0, admin: \"http://127.0.0.1:9901\"}], or "
    "discovery, certificates.endpoints, certificates.files, certificates.secrets or probes.grpc";

// Polling faster than this costs a proxy more than it tells; slower than a day is a typo.
constexpr DurationRange pace{100ms, 24h};
constexpr DurationRange memory{100ms, 7 * 24h};
constexpr CountRange parallel_range{1, 1'000};
constexpr CountRange names_range{1, 100'000};
constexpr CountRange body_range{1, 1u << 30};

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
    } else if (fields.is_one_of(element, *code, reading.context.grpc_codes)) {
      codes.push_back(*code);
    }
  }
}

void read_balance(const Field& field, const Reading& reading) {
  const Fields fields = reading.fields(field, balance_keys);
  BalanceConfig& balance = reading.config.balance;
  balance.imbalance_ratio = fields.factor("imbalance_ratio").value_or(balance.imbalance_ratio);
  balance.effective_share = fields.share("effective_share").value_or(balance.effective_share);
}

// Whoever wants no more than its certificates watched, or looks for targets elsewhere, lists none.
bool has_others_to_watch(const Config& config) {
  const CertificatesConfig& certificates = config.certificates;
  const DiscoveryConfig& discovery = config.discovery;
  return !discovery.files.empty() || !discovery.kubernetes.node_name.empty() ||
         !certificates.endpoints.empty() || !certificates.files.empty() ||
         certificates.secrets.enabled || !config.probes.grpc.empty();
}

void read_root(const YamlNode& root, const Reading& reading) {
  const Fields fields = reading.fields({&root, root.at, ""}, root_keys);
  if (const auto poll = fields.find("poll")) read_poll(*poll, reading);
  if (const auto limits = fields.find("limits")) read_limits(*limits, reading);
  if (const auto grpc = fields.find("grpc")) read_grpc(*grpc, reading);
  if (const auto balance = fields.find("balance")) read_balance(*balance, reading);

  reading.config.audit = fields.truth("audit").value_or(true);
  if (const auto section = fields.find("discovery")) read_discovery(*section, reading);
  std::string& cgroup_root = reading.config.cgroup_root;
  cgroup_root = read_cgroup_root(fields).value_or(cgroup_root);
  if (const auto section = fields.find("certificates")) read_certificates(*section, reading);

  if (const auto section = fields.find("probes")) read_probes(*section, reading);

  if (root.kind != YamlNode::Kind::map) return;
  // What is wrong there has been told: whether there is something to watch is not known.
  const bool tells_others =
      fields.has("certificates") || fields.has("discovery") || fields.has("probes");
  const bool needs_none =
      (tells_others && !reading.problems.empty()) || has_others_to_watch(reading.config);
  if (!fields.has("targets")) {
    if (needs_none) return;
    fields.complain(fields.self(),
                    std::string("the key \"targets\" is missing; expected ").append(a_target));
  }
  const auto targets = fields.list("targets", "a list of targets");
  if (!targets) return;
  if (targets->empty() && !needs_none) {
    fields.complain(*fields.find("targets"),
                    std::string("nothing to watch; expected ").append(a_target));
  }
  read_targets(*targets, reading);
}

}  // namespace

Result<Config, ConfigErrors> parse_config(std::string_view yaml, std::string_view file_name,
                                          const ConfigContext& context) {
  Problems problems, warnings;
  Config config;
  const YamlTree tree = parse_yaml(yaml, problems);
  const bool absent = tree.root == nullptr || tree.root->kind == YamlNode::Kind::null;
  if (!absent) read_root(*tree.root, {context, problems, warnings, config});
  if (absent && problems.empty()) {
    problems.add({}, std::string("the file is empty; expected ").append(a_target));
  }
  if (!problems.empty()) return problems.to_errors(file_name);
  for (Error& warning : warnings.to_errors(file_name)) {
    config.warnings.push_back(std::move(warning.message));
  }
  return config;
}

Result<Config, ConfigErrors> load_config(const std::string& file_name,
                                         const ConfigContext& context) {
  const auto unreadable = [&](std::string_view why) {
    return ConfigErrors{Error{file_name + ": cannot be read: " + std::string(why)}};
  };
  // Opening a FIFO waits for a writer, and a device may have no end.
  std::error_code error;
  const auto status = std::filesystem::status(file_name, error);
  if (std::filesystem::is_directory(status)) return unreadable("is a directory");
  if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status)) {
    return unreadable("is no regular file");
  }
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
