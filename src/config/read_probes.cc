// Each probe of `probes.grpc`; see read_probes.h.
#include "config/read_probes.h"

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/duration.h"
#include "config/read_client_files.h"
#include "config/read_grpc_server.h"
#include "config/read_label.h"

namespace mesh {
namespace {

using std::chrono::milliseconds;
using namespace std::chrono_literals;

constexpr std::array<std::string_view, 1> section_keys{"grpc"};
constexpr std::array<std::string_view, 10> probe_keys{
    "name", "namespace", "workload", "address", "services",
    "tls",  "authority", "interval", "timeout", "watch"};

constexpr DurationRange pace{1s, 24h};
constexpr DurationRange patience{10ms, 1min};

void read_times(const Fields& fields, GrpcProbe& probe) {
  const auto interval = fields.duration("interval", pace);
  const auto timeout = fields.duration("timeout", patience);
  if (fields.has("interval") && !interval) return;
  probe.interval = interval.value_or(probe.interval);
  probe.timeout = timeout.value_or(std::min(probe.timeout, probe.interval));
  if (!timeout || *timeout <= probe.interval) return;
  fields.complain(*fields.find("timeout"), format_duration(*timeout), "is above the interval",
                  "it not to be above " + format_duration(probe.interval));
}

void read_services(const Fields& fields, const Reading& reading, GrpcProbe& probe) {
  if (!fields.has("services")) return;
  const auto elements = fields.list("services", "a list of services such as shop.v1.Users");
  if (!elements) return;
  probe.services.clear();
  for (const Field& element : *elements) {
    if (reading.problems.full()) return;
    auto service = fields.text(element, "a service such as shop.v1.Users, or \"\"");
    if (!service) continue;
    const bool plain = std::ranges::all_of(*service, [](char c) { return c > ' ' && c < 0x7F; });
    if (!plain || service->size() > 253) {
      fields.complain(element, *service, "is no name of a service", "up to 253 printable letters");
    } else if (std::ranges::find(probe.services, *service) != probe.services.end()) {
      fields.complain(element, *service, "is there already", "each service once");
    } else {
      probe.services.push_back(std::move(*service));
    }
  }
  if (elements->empty()) {
    fields.complain(*fields.find("services"),
                    "no services; expected some, or \"\" for the server as a whole");
  }
}

void read_probe(const Field& field, const Reading& reading, std::map<std::string, int>& taken) {
  const Fields fields = reading.fields(field, probe_keys);
  if (!is_entry(fields, field, probe_keys)) return;
  GrpcProbe probe;
  const auto name = read_name(fields, "name");
  probe.whose.mesh = "";
  probe.whose.ns = read_name(fields, "namespace").value_or("");
  probe.whose.workload = read_label(fields, "workload").value_or("");
  if (const auto address = fields.find("address")) {
    probe.server.address = read_grpc_address(fields, *address).value_or(Address{});
  } else {
    fields.complain(field, "the key \"address\" is missing; expected HOST:PORT or unix:/PATH");
  }
  read_grpc_manners(fields, reading, probe.server);
  read_services(fields, reading, probe);
  read_times(fields, probe);
  probe.watch = fields.truth("watch").value_or(false);
  probe.name = fields.has("name") ? name.value_or("") : to_string(probe.server.address);
  if (name && name->empty()) {
    fields.complain(*fields.find("name"), *name, "is empty", "a name, or no key at all");
  }
  const auto [first, added] = taken.emplace(qualified(probe.whose.ns, probe.name), field.at.line);
  if (!added && (fields.has("name") || fields.has("address"))) {
    fields.complain(*fields.find(fields.has("name") ? "name" : "address"), probe.name,
                    "is taken by the probe in line " + std::to_string(first->second),
                    "a name that is unique in its namespace");
  }
  reading.config.probes.grpc.push_back(std::move(probe));
}

}  // namespace

void read_probes(const Field& field, const Reading& reading) {
  const Fields fields = reading.fields(field, section_keys);
  if (!fields.has("grpc")) return;
  const auto probes = fields.list("grpc", "a list of gRPC servers");
  std::map<std::string, int> taken;
  for (const Field& probe : probes.value_or(std::vector<Field>{})) {
    if (reading.problems.full()) return;
    read_probe(probe, reading, taken);
  }
  reading.config.probes.grpc.shrink_to_fit();
}

}  // namespace mesh
