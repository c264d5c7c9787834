// A gRPC server that is asked for its health does not serve. What only it can say is told from what
// happens on the way to it, and what it serves all the same from what it does not.
#include <algorithm>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "compute/findings/about_pools.h"
#include "compute/findings/all.h"
#include "compute/findings/probe_command.h"

namespace mesh {
namespace {

using Services = std::span<const std::shared_ptr<const GrpcHealthState>>;

constexpr std::size_t most_named = 3;

bool same_endpoint(const GrpcHealthState& one, const GrpcHealthState& other) {
  return one.name == other.name && one.whose == other.whose;
}

std::string named(const GrpcHealthState& state) {
  return state.service.empty() ? "the server as a whole" : "service " + state.service;
}

// What stands against it, after its name; "" if nothing does.
std::string verdict_of(const GrpcHealthState& state) {
  switch (state.look.status) {
    case HealthStatus::not_serving: return "answers NOT_SERVING";
    case HealthStatus::unreachable: return "cannot be reached: " + state.look.words;
    case HealthStatus::failed: return "answers, but not as a health service: " + state.look.words;
    case HealthStatus::unknown: return "answers that its health is unknown";
    case HealthStatus::service_unknown: return "is not known to the server";
    case HealthStatus::serving:
    case HealthStatus::unimplemented:
    case HealthStatus::not_asked: break;
  }
  return "";
}

// Whom the probe believes, and what it shows of itself.
std::string about_trust(const GrpcServer& server) {
  if (!server.tls) return "";
  const GrpcTls& tls = *server.tls;
  std::string words = "By TLS its certificate must be signed by ";
  words += tls.ca_file.empty() ? "who the system trusts" : "who is in " + tls.ca_file;
  if (!tls.spiffe_id.empty()) {
    words += " and be of " + tls.spiffe_id;
  } else {
    const bool on_disk = server.address.is_unix();
    const std::string& host = on_disk ? "localhost" : server.address.host;
    words += " and be for " + (tls.server_name.empty() ? host : tls.server_name);
  }
  if (!tls.client_certificate_file.empty()) {
    words += ", and the server must take " + tls.client_certificate_file;
  }
  return words + ". ";
}

std::string remedy_of(const GrpcHealthState& state) {
  const std::string again = probe_command(state.server, state.service);
  switch (state.look.status) {
    case HealthStatus::not_serving:
      return "the server says so itself: its log and what it depends on tell why; if it is not "
             "being drained, take back its last change. " +
             again + " asks again";
    case HealthStatus::unreachable:
      return "does it run and listen at " + to_string(state.server.address) +
             " (its log, its restarts), and is the agent let through (NetworkPolicy, strict mutual "
             "TLS)? " +
             about_trust(state.server) + again + " says how far a call gets";
    case HealthStatus::failed:
      return "is it a gRPC server, and may somebody without credentials ask it for its health? " +
             again + " asks again";
    case HealthStatus::unknown:
      return "let the server set the status of this service, or ask for one of which it does";
    case HealthStatus::service_unknown:
      return "compare the name under probes.grpc with those that the server registers with its "
             "health service; an older build may not have it yet";
    case HealthStatus::serving:
    case HealthStatus::unimplemented:
    case HealthStatus::not_asked: break;
  }
  return "";
}

// Of a workload the endpoints that serve the same service.
std::uint64_t others_up(const Snapshot& snapshot, const GrpcHealthState& state) {
  if (state.whose.workload.empty()) return 0;
  return static_cast<std::uint64_t>(
      std::ranges::count_if(snapshot.grpc_health, [&](const auto& one) {
        return !same_endpoint(*one, state) && one->whose.ns == state.whose.ns &&
               one->whose.workload == state.whose.workload && one->service == state.service &&
               is_up(one->look.status);
      }));
}

// Nobody is woken where others take the calls, nor for what may be a name that was mistyped.
Severity severity_of(HealthStatus status, std::uint64_t others) {
  const bool down = status == HealthStatus::not_serving || status == HealthStatus::unreachable;
  return down && others == 0 ? Severity::critical : Severity::warning;
}

std::string what_works(Services services, std::uint64_t others) {
  std::string works;
  std::size_t up = 0;
  for (const auto& one : services) {
    if (!is_up(one->look.status)) continue;
    if (++up > most_named) continue;
    works += works.empty() ? "; " : ", ";
    works += named(*one);
  }
  if (up > most_named) works += " and others";
  if (up > 0) works += up == 1 ? " is up" : " are up";
  if (others > 0) works += "; " + counted(others, "other endpoint") + " of the workload serve";
  if (others == 1) works += "s";
  return works;
}

Finding about(const GrpcHealthState& state, Services services, std::uint64_t others, WallTime now) {
  Finding finding;
  finding.name = "grpc_not_serving";
  finding.severity = severity_of(state.look.status, others);
  finding.whose = state.whose;
  finding.where = qualified(state.whose.ns, state.name);
  finding.subject = named(state);
  finding.cause = finding.subject + " " + verdict_of(state) + what_works(services, others);
  finding.remedy = remedy_of(state);
  finding.since = state.down_since;
  finding.evidence = {
      {"not_up_for", std::max(0.0, unix_seconds(now) - unix_seconds(state.down_since)),
       Unit::seconds},
      number("probes", state.probes),
      number("failed_probes", state.failures),
      {"probe_duration", seconds(state.look.took), Unit::seconds},
      number("services_asked", services.size()),
      number("services_up",
             static_cast<std::uint64_t>(std::ranges::count_if(
                 services, [](const auto& one) { return is_up(one->look.status); }))),
      number("other_endpoints_up", others),
  };
  return finding;
}

void judge(const Snapshot& snapshot, Services services, WallTime now, std::vector<Finding>& found) {
  const auto is_gone = [](const auto& one) {
    return one->look.status == HealthStatus::unreachable;
  };
  const auto add = [&](const GrpcHealthState& one) {
    found.push_back(about(one, services, others_up(snapshot, one), now));
    // What one probe found is a moment; the second says that it lasts.
    found.back().seen_once = one.at <= one.down_since;
  };
  if (std::ranges::all_of(services, is_gone)) {
    // The same news of each service: of the server it is told once. It stays the finding about the
    // service that is down for longest, which may have been down in other ways before.
    const auto longest =
        std::ranges::min_element(services, {}, [](const auto& one) { return one->down_since; });
    add(**longest);
    found.back().cause.replace(0, named(**longest).size(), "the server");
    return;
  }
  for (const auto& one : services) {
    const HealthStatus status = one->look.status;
    if (!is_up(status) && status != HealthStatus::not_asked) add(*one);
  }
}

// Services of one endpoint stand together.
void find(const Snapshot& snapshot, WallTime now, std::vector<Finding>& found) {
  Services rest = snapshot.grpc_health;
  while (!rest.empty()) {
    const auto end = std::ranges::find_if(
        rest, [&](const auto& one) { return !same_endpoint(*one, *rest.front()); });
    const auto count = static_cast<std::size_t>(end - rest.begin());
    judge(snapshot, rest.first(count), now, found);
    rest = rest.subspan(count);
  }
}

}  // namespace

const FindingMaker grpc_not_serving{
    "grpc_not_serving",
    "A gRPC server that is asked for its health cannot be reached, does not serve, or knows "
    "nothing of the service.",
    Stated::after_a_window, find, Among::grpc_services};

}  // namespace mesh
